"""The desk as one picture: a snapshot with the number of the last fact it holds."""

from typing import Any
from zoneinfo import ZoneInfo

from app.accounts import service as accounts
from app.call_queue import reasons
from app.call_queue import service as call_queue
from app.calls import service as calls
from app.calls.call_policy import CallPolicy
from app.calls.exchange_controls import controls_of
from app.core import clock
from app.core.facts import agent_audience, facts_after, last_number
from app.core.formatting import wire_moment
from app.core.handed_down import given
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList
from app.workstation import (
    cards,
    control_listeners,
    form_cards,
    machines,
    messages,
    notices,
    own_settings,
    pop_cards,
)
from app.workstation.phone_lines import PhoneLines, PhoneMode

CITY_TIME = ZoneInfo("Asia/Shanghai")

BoardCard = dict[str, Any]


def desk_snapshot(agent_id: int) -> dict[str, Any]:
    """Return everything one agent's desk shows; facts with a higher number come on top of it.

    Read it in one steady picture of the database: `app.core.database.steady_picture`.
    """
    number = last_number(agent_audience(agent_id))
    person = accounts.get_person(agent_id)
    presence = call_queue.presence_of(agent_id)
    now = clock.now()
    midnight = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "number": number,
        "now": wire_moment(now),
        "agent": {
            "id": person.id,
            "name": person.name,
            "work_number": person.work_number,
            "role": person.role.value,
        },
        "presence": cards.presence_card(agent_id),
        "offer": _offer(agent_id, presence.offer_id if presence else None)
        or _colleagues_ring(agent_id, presence),
        "call": _call(agent_id, presence),
        "board": board(version=0),
        "exchanges": [
            {
                "exchange_id": link.exchange_id,
                "kind": link.kind,
                "is_up": link.is_up,
                "lag": link.lag.value,
                "controls": controls_of(link.exchange_id),
            }
            for link in calls.list_links()
        ],
        "phone_mode": given(PhoneLines).mode.value,
        "wrap_up_codes": cards.wrap_up_cards(),
        "categories": cards.category_cards(),
        "counties": [
            {"code": region.code, "name": region.name} for region in organisation.list_counties()
        ],
        "form_rules": form_cards.rules_card(),
        "messages": messages.message_cards(agent_id),
        "notices": notices.notice_cards(agent_id),
        "settings": own_settings.settings_of(agent_id),
        "holder": machines.holder_card(agent_id),
        "may_call_emergencies": given(CallPolicy).may_call_emergencies,
        "not_ready_reasons": [each.code for each in reasons.chosen_reasons()],
        "reason_names": {
            each.code: {"name_zh": each.words.name_zh, "name_en": each.words.name_en}
            for each in code_register.all_codes(CodeList.BREAK)
        },
        "figures": {"answered_today": call_queue.answered_since(agent_id, midnight)},
    }


def missed_facts(agent_id: int, *, after: int) -> list[dict[str, Any]] | None:
    """Return the facts after a number, or None when some of them are no longer kept."""
    missed = facts_after(agent_audience(agent_id), after)
    if missed is None:
        return None
    return [
        {"number": fact.number, "name": fact.name, "body": fact.body, "at": wire_moment(fact.at)}
        for fact in missed
    ]


def board(*, version: int) -> BoardCard:
    """Return the line as every desk shows it."""
    line = call_queue.board()
    return {
        "version": version,
        "waiting": line.waiting,
        "longest_since": wire_moment(line.longest_since) if line.longest_since else None,
        "as_of": wire_moment(clock.now()),
    }


def phone_credentials(agent_id: int, *, host: str) -> dict[str, Any]:
    """Return what the page's phone registers with; `host` is where the page itself came from."""
    person = accounts.get_person(agent_id)
    lines = given(PhoneLines)
    return {
        "mode": lines.mode.value,
        "phone": person.work_number,
        "secret": person.phone_secret if lines.mode is PhoneMode.BROWSER else "",
        "domain": "hotline.invalid",
        "display_name": person.work_number,
        "lines": [
            {"exchange_id": line.exchange_id, "socket": line.socket.replace("{host}", host)}
            for line in lines.lines
        ],
    }


def fill_offer(parts: pop_cards.Parts, *, agent_id: int, offer_id: int) -> None:
    """Look up an open offer's pop, part by part; nothing once it is over."""
    offer = call_queue.open_offer(offer_id)
    if offer is None:
        return
    call = calls.get_call(offer.call_id)
    pop_cards.fill(parts, call, agent_id=agent_id)


def offer_of(parts: pop_cards.Parts, *, offer_id: int) -> dict[str, Any] | None:
    """Return an open offer with what was found for it so far, or None when it is over."""
    offer = call_queue.open_offer(offer_id)
    if offer is None:
        return None
    return {
        **pop_cards.pop_of(parts, offer.call_id),
        "offer_id": offer.id,
        "ring_until": wire_moment(offer.ring_until),
        "resumes": False,
        "why": None,
        "handing": None,
    }


def pop_again(parts: pop_cards.Parts, *, agent_id: int, call_id: int) -> dict[str, Any] | None:
    """Return what is now known of a call; None unless it is still on this agent's desk."""
    presence = call_queue.presence_of(agent_id)
    if presence is None or presence.call_id != call_id:
        return None
    return pop_cards.pop_of(parts, call_id)


def call_on_desk(agent_id: int, call_id: int) -> calls.Call:
    """Return the call that rings or stands on this agent's desk. Raises NotYourCall."""
    presence = call_queue.presence_of(agent_id)
    if presence is None or presence.call_id != call_id:
        raise call_queue.NotYourCall
    return calls.get_call(call_id)


def _offer(agent_id: int, offer_id: int | None) -> dict[str, Any] | None:
    if offer_id is None:
        return None
    parts: pop_cards.Parts = {}
    fill_offer(parts, agent_id=agent_id, offer_id=offer_id)
    return offer_of(parts, offer_id=offer_id)


def _call(agent_id: int, presence: Any) -> dict[str, Any] | None:
    if presence is None or presence.call_id is None or presence.state.value == "offered":
        return None
    return cards.call_card(calls.get_call(presence.call_id), agent_id=agent_id)


def _colleagues_ring(agent_id: int, presence: Any) -> dict[str, Any] | None:
    """Return a colleague's call that this agent is rung for."""
    if presence is None or presence.call_id is None or presence.state.value != "offered":
        return None
    return control_listeners.ring_card(agent_id, presence.call_id)
