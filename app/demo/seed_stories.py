"""The acts of a ticket's life in the demonstration, each after some hours, told with dice. Pure.

Time passes from act to act and never reaches now: a young ticket lives faster.
"""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.demo.seed_lives import Life
from app.handling.clock_rules import ClockKind
from app.rules.running_clocks import ClockEvent
from app.rules.time_limits import Limit, LimitUnit, read_limit
from app.tickets.ticket_moves import Actor, TicketAct

REPLIES: Final = Path(__file__).parent / "data" / "replies.toml"
A_WHILE: Final = timedelta(hours=3)
INNER_LIMIT: Final = "3wd"
BASIS: Final = "部门职责分工目录"


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who acts on one ticket, by their ids, and which units may have it."""

    agent: int
    dispatcher: int
    auditor: int
    visitor: int
    manager: int
    supervisor: int
    lead: int
    other: int  # a unit that also might have it
    below: int | None  # a unit below the lead
    of_unit: Mapping[int, int]  # unit → who acts for it


@dataclass(kw_only=True)
class Teller:
    """Tells one story of a life: time passes from act to act and never reaches now."""

    life: Life
    hands: Hands
    place: str
    category: str
    now: datetime
    dice: random.Random
    pace: float = 1.0
    at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin where the life is so far."""
        self.at = self.life.last_at

    def wait(self, hours: float) -> datetime:
        """Let time pass; return the moment that has come."""
        passed = timedelta(hours=hours * self.pace * self.dice.uniform(0.7, 1.3))
        self.at += min(passed, (self.now - self.at) / 2)
        return self.at

    def lately(self) -> None:
        """Let time pass until not long before now."""
        before_now = self.now - A_WHILE * self.dice.uniform(0.1, 1.0)
        self.at = max(self.at, before_now)


def dispatch(
    t: Teller, hours: float = 0.7, *, lead: int | None = None, helper: bool = False
) -> None:
    """Send it to its lead, perhaps with a unit that assists."""
    life, at, by = t.life, t.wait(hours), t.hands.dispatcher
    unit_id = lead or t.hands.lead
    helpers = [[t.hands.other, INNER_LIMIT]] if helper else []
    life.lead_unit_id = unit_id
    nth = sum(each["nth"] > 0 for each in life.parts) + 1
    carried = {
        "lead": unit_id, "assistants": helpers, "basis": BASIS, "basis_kind": "catalogue",
        "note": "",
    }  # fmt: skip
    life.act(TicketAct.DISPATCH, Actor.DISPATCHER, at=at, by=by, **carried)
    part(t, unit_id, "lead", nth=nth, basis_kind="catalogue", until=life.return_until(at))
    if helper:
        life.begin_clock(
            ClockKind.ASSIST, at=at, by=by, unit_id=t.hands.other, by_hand=read_limit(INNER_LIMIT)
        )
        part(t, t.hands.other, "assistant", asked_by=unit_id)


def part(
    t: Teller,
    unit_id: int,
    kind: str,
    *,
    nth: int = 0,
    basis_kind: str = "by_hand",
    until: datetime | None = None,
    asked_by: int | None = None,
) -> None:
    """Begin a unit's part."""
    t.life.parts.append(
        {
            "unit_id": unit_id, "part": kind, "round": t.life.round, "nth": nth,
            "asked_by_unit_id": asked_by, "dispatched_at": t.at,
            "dispatched_by": t.hands.dispatcher if asked_by is None else _of(t, asked_by),
            "basis_kind": basis_kind, "basis": BASIS if nth else "", "note": "",
            "return_until": until, "signed_at": None, "signed_by": None,
            "is_signed_by_itself": False, "opinion": "", "opinion_at": None, "ended_at": None,
            "ending": None,
        }
    )  # fmt: skip


def sign(t: Teller, hours: float = 1.0) -> None:
    """Let the lead sign; one that let its time to sign run out has signed by itself."""
    life, due = t.life, t.life.due_of(ClockKind.SIGN)
    at = t.wait(hours)
    lead = _lead(life)
    if due is not None and at > due:
        life.act(TicketAct.SIGN_BY_ITSELF, Actor.SYSTEM, at=at, by=None)
        lead["is_signed_by_itself"] = True
        lead["signed_at"] = at
        return
    by = _of(t, life.lead_unit_id)
    life.act(TicketAct.SIGN, Actor.UNIT, at=at, by=by)
    lead["signed_at"], lead["signed_by"] = at, by


def contact(t: Teller, hours: float = 3.0, *, reached: bool = True) -> int:
    """Let the lead speak with the citizen by its own telephone; return the contact's place."""
    life, at, by = t.life, t.wait(hours), _of(t, t.life.lead_unit_id)
    life.contacts.append(
        {
            "unit_id": life.lead_unit_id, "round": life.round, "call_id": None,
            "is_reached": reached, "is_reply_told": False,
            "note": "已电话了解具体地点和时间。" if reached else "无人接听，稍后再拨。",
            "at": at, "by": by,
        }
    )  # fmt: skip
    carried = {"reached": reached, "proven": False}
    life.note("contact", at=at, by=by, unit_id=life.lead_unit_id, carried=carried)
    return len(life.contacts) - 1


def opinion(t: Teller, hours: float = 5.0) -> None:
    """Let the unit that assists give its part."""
    life, at = t.life, t.wait(hours)
    for each in life.parts:
        if each["part"] == "assistant" and each["ended_at"] is None:
            by, text = _of(t, each["unit_id"]), t.dice.choice(_words()["opinions"])
            each["opinion"], each["opinion_at"] = text, at
            each["signed_at"], each["signed_by"] = at, by
            life.tell_clock(ClockKind.ASSIST, ClockEvent.DONE, at=at, by=by)
            life.note("opinion", at=at, by=by, unit_id=each["unit_id"], carried={"text": text})


def send_down(t: Teller, hours: float = 1.0) -> None:
    """Let a unit below the lead do the work, where there is one."""
    below, life = t.hands.below, t.life
    if below is None:
        return
    t.wait(hours)
    part(t, below, "sent_down", asked_by=life.lead_unit_id)
    carried = {"unit": below, "limit": ""}
    by = _of(t, life.lead_unit_id)
    life.note("send_down", at=t.at, by=by, unit_id=life.lead_unit_id, carried=carried)


def hand_in(t: Teller, hours: float = 30.0) -> None:
    """Let the lead hand in a result; whoever was called in or sent has given his part before."""
    life, words = t.life, _words()
    for each in life.parts:
        if each["ended_at"] is None and each["part"] == "sent_down" and not each["opinion_at"]:
            at, by = t.wait(4), _of(t, each["unit_id"])
            text = t.dice.choice(words["opinions"])
            each.update(opinion=text, opinion_at=at, signed_at=at, signed_by=by)
            life.note("opinion", at=at, by=by, unit_id=each["unit_id"], carried={"text": text})
    at, by = t.wait(hours), _of(t, life.lead_unit_id)
    is_solved = t.dice.random() < 0.82
    reply = _reply(t)
    reason = "" if is_solved else t.dice.choice(words["unsolved"])
    carried = {"public_reply": reply, "solved": "yes" if is_solved else "no"}
    life.act(TicketAct.HAND_IN, Actor.UNIT, at=at, by=by, **carried)
    life.results.append(
        {
            "unit_id": life.lead_unit_id, "round": life.round, "public_reply": reply,
            "internal_note": t.dice.choice(words["notes"]), "is_true": t.dice.random() < 0.8,
            "is_over_duty": False, "is_solved": is_solved, "unsolved_reason": reason,
            "handed_in_at": at, "handed_in_by": by, "audited_at": None, "audited_by": None,
            "defect": "", "defect_note": "",
        }
    )  # fmt: skip


def approve(t: Teller, hours: float = 4.0) -> None:
    """Let the result hold."""
    at, by = t.wait(hours), t.hands.auditor
    t.life.act(TicketAct.APPROVE_RESULT, Actor.AUDITOR, at=at, by=by)
    t.life.results[-1].update(audited_at=at, audited_by=by)


def send_back(t: Teller, hours: float = 3.0) -> None:
    """Give the result back with its defect."""
    at, by, note = t.wait(hours), t.hands.auditor, "答复未说明整改时间，请补充后再提交。"
    defect = "empty_words"
    t.life.act(TicketAct.SEND_BACK, Actor.AUDITOR, at=at, by=by, defect=defect, note=note)
    t.life.results[-1].update(audited_at=at, audited_by=by, defect=defect, defect_note=note)


def ask(t: Teller, hours: float = 8.0, *, redo: bool = False, reached: bool = True) -> None:
    """Ask the citizen; who is content closes it."""
    life, at, by = t.life, t.wait(hours), t.hands.visitor
    is_solved = reached and not redo and life.results[-1]["is_solved"]
    mark = t.dice.choice((4, 5, 5)) if is_solved else t.dice.choice((1, 2, 3))
    words = "问题又出现了，希望再处理一次。" if redo else ""
    life.visits.append(
        {
            "round": life.round, "way": "phone", "call_id": None, "is_reached": reached,
            "is_solved": is_solved if reached else None, "result_mark": mark if reached else None,
            "attitude_mark": min(mark + 1, 5) if reached else None,
            "words": words if reached else "", "asks_redo": redo, "exclusion": "", "at": at,
            "by": by,
        }
    )  # fmt: skip
    life.note("visit", at=at, by=by, carried={"reached": reached, "asks_redo": redo})
    if not reached:
        return
    life.finish(ClockKind.CITIZEN, at=at, by=by)
    if redo:
        return
    carried = {"solved": is_solved, "result": mark, "attitude": min(mark + 1, 5)}
    life.end_parts("done", at=at)
    named = {name: str(value) for name, value in carried.items()}
    life.act(TicketAct.CLOSE_VISITED, Actor.VISITOR, at=at, by=by, **named)


def send_again(t: Teller, hours: float = 2.0) -> None:
    """Let the unit handle it once more, because the citizen asked."""
    life, at, by = t.life, t.wait(hours), t.hands.dispatcher
    unit_id = life.lead_unit_id
    life.end_parts("done", at=at)
    life.round += 1
    part(t, unit_id or 0, "lead", basis_kind="catalogue", until=at)
    life.parts[-1]["basis"] = BASIS
    life.act(TicketAct.REDO, Actor.DISPATCHER, at=at, by=by, reason="来电人反映问题未彻底解决")
    life.begin_clock(ClockKind.CITIZEN, at=at, by=by)


def ask_return(t: Teller, hours: float = 2.0) -> None:
    """Let the lead say that no part of it is its duty, while it may."""
    life = t.life
    t.wait(min(hours, 2.0))
    by, reason, basis = _of(t, life.lead_unit_id), "not_ours", "该路段已移交属地管理，见移交清单"
    carried = {"reason": reason, "basis": basis, "proposed": t.hands.other}
    life.act(TicketAct.ASK_RETURN, Actor.UNIT, at=t.at, by=by, **carried)
    leads = [at for at, each in enumerate(life.parts) if each["part"] == "lead"]
    life.returns.append(
        {
            "assignment": leads[-1], "reason": reason, "basis": basis,
            "proposed_unit_id": t.hands.other, "state": "open", "asked_at": t.at, "asked_by": by,
            "decided_at": None, "decided_by": None, "decision": "",
        }
    )  # fmt: skip


def agree_return(t: Teller, hours: float = 1.5) -> None:
    """Take it from the unit."""
    at, by = t.wait(hours), t.hands.dispatcher
    t.life.act(TicketAct.AGREE_RETURN, Actor.DISPATCHER, at=at, by=by, note="情况属实")
    t.life.returns[-1].update(state="agreed", decided_at=at, decided_by=by, decision="情况属实")


def refuse_return(t: Teller, hours: float = 1.5) -> None:
    """Leave it with the unit, and say why."""
    at, by, why = t.wait(hours), t.hands.dispatcher, "养护权责清单列明由你单位负责，请继续办理。"
    t.life.act(TicketAct.REFUSE_RETURN, Actor.DISPATCHER, at=at, by=by, reason=why)
    t.life.returns[-1].update(state="refused", decided_at=at, decided_by=by, decision=why)
    lead = _lead(t.life)
    lead["signed_at"] = lead["signed_at"] or at


def refer(t: Teller, hours: float = 1.5) -> None:
    """Let the hotline decide whose duty it is."""
    at, by, opinions = t.wait(hours), t.hands.dispatcher, "两家单位均认为不属本单位职责。"
    life = t.life
    life.act(TicketAct.REFER, Actor.DISPATCHER, at=at, by=by, opinions=opinions)
    life.disputes.append(
        {
            "opinions": opinions, "opened_at": at, "opened_by": by, "provisional_unit_id": None,
            "settled_at": None, "settled_by": None,
        }
    )  # fmt: skip


def ask_time(t: Teller, kind: str, hours: float = 10.0) -> bool:
    """Let the lead ask for time, before its own is over; say whether it still could."""
    life, told = t.life, len(t.life.contacts) - 1
    at, due = t.wait(hours), t.life.due_of(ClockKind.HANDLE)
    if due is None or at >= due or life.is_urgent:
        return False
    by, limit = _of(t, life.lead_unit_id), "" if kind == "suspension" else str(_a_third(life))
    reason = "law_procedure" if kind == "suspension" else "complex_matter"
    basis = "需等待鉴定结论" if kind == "suspension" else "设备需外地采购，已向来电人说明"
    life.times.append(
        {
            "unit_id": life.lead_unit_id, "kind": kind, "by_limit": limit, "reason": reason,
            "basis": basis, "contact": told if told >= 0 else None, "state": "open",
            "asked_at": at, "asked_by": by, "decided_at": None, "decided_by": None,
            "decision": "",
        }
    )  # fmt: skip
    carried = {"kind": kind, "reason": reason, "limit": limit}
    life.note("ask_time", at=at, by=by, unit_id=life.lead_unit_id, carried=carried)
    return True


def give_time(t: Teller, hours: float = 2.0) -> None:
    """Give the time that was asked for: an extension as of when it was asked, or a pause."""
    life, wish, by = t.life, t.life.times[-1], t.hands.dispatcher
    due, at = life.due_of(ClockKind.HANDLE), t.wait(hours)
    if wish["kind"] == "suspension" and (due is None or at >= due):
        return  # too late: it stays to be decided
    wish.update(state="agreed", decided_at=at, decided_by=by, decision="同意")
    if wish["kind"] == "suspension":
        carried = {"reason": wish["reason"], "basis": wish["basis"], "evidence": "同意"}
        life.act(TicketAct.SUSPEND, Actor.DISPATCHER, at=at, by=by, **carried)
        return
    limit = read_limit(wish["by_limit"])
    kinds = [ClockKind.HANDLE] + ([ClockKind.CITIZEN] if wish["contact"] is not None else [])
    for kind in kinds:
        own = life.due_of(kind)
        if own is None or wish["asked_at"] > own:
            continue
        life.tell_clock(kind, ClockEvent.EXTENDED, at=wish["asked_at"], by=by, limit=limit)
    carried = {"kind": wish["kind"], "agreed": True, "words": "同意", "limit": wish["by_limit"]}
    life.note("decide_time", at=at, by=by, carried=carried)


def follow_up(t: Teller, kind: str, text: str, hours: float = 6.0) -> None:
    """Add something without moving it; a supervision has a clock of its own."""
    life, at = t.life, t.wait(hours)
    by = t.hands.supervisor if kind == "supervise" else t.hands.agent
    row: dict[str, Any] = {"kind": kind, "text": text, "call_id": None, "at": at, "by": by}
    life.follow_ups.append({**row, "seen_by_unit_at": None})
    if kind == "supervise":
        life.begin_clock(ClockKind.SUPERVISE, at=at, by=by, unit_id=life.lead_unit_id)
    life.note(kind, at=at, by=by, carried={"text": text})


def _of(t: Teller, unit_id: int | None) -> int:
    return t.hands.of_unit[unit_id or 0]


def _lead(life: Life) -> dict[str, Any]:
    return [each for each in life.parts if each["part"] == "lead"][-1]


def _a_third(life: Life) -> Limit:
    own = read_limit(life.rules.book.at(f"limit.{life.request_type}", life.last_at).value)
    if life.round > 1:
        own = read_limit(life.rules.book.at("limit.redo", life.last_at).value)
    return Limit(max(own.amount // 3, 1), LimitUnit(own.unit))


def _reply(t: Teller) -> str:
    words = _words()
    body = words["bodies"].get(t.category) or words["bodies"]["0204"]
    opening, closing = t.dice.choice(words["openings"]), t.dice.choice(words["closings"])
    return f"{opening}{body.format(place=t.place)}{closing}"


@cache
def _words() -> dict[str, Any]:
    with REPLIES.open("rb") as file:
        return tomllib.load(file)
