"""A talk with more than two compared with an exchange: held, handed on, called out, supervised."""

from datetime import timedelta
from typing import Any

import pytest

from app.calls import adoption, mending, spells, wishes
from app.calls import service as calls
from app.calls.call_spells import SpellKind
from app.calls.call_states import CallState
from app.calls.models import CallLeg, CallOrder
from app.calls.reconciliation import DifferenceKind
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from telephony.control_events import PartyRole
from telephony.control_orders import SupervisionMode, TargetKind
from telephony.events import PartyLost, PhoneChanged, Place
from telephony.port import LiveParty
from tests import people
from tests.calls.control_news import OUTSIDE, TAKER, Talk
from tests.calls.line_news import TEN, Line, tell
from tests.calls.mended import AGENT_LEG, mend, spells_of, talking

pytestmark = [pytest.mark.usefixtures("app", "frozen", "link_up"), pytest.mark.postgresql]

CONSULTED, TRANSFERRED_TO = PartyRole.CONSULTED, PartyRole.TRANSFERRED_TO
Kind = DifferenceKind


@pytest.fixture
def colleague(app: object) -> str:  # noqa: ARG001 - its database
    return people.one_person("agent").work_number


def wished(line: Line, kind: str = "CallParty") -> int:
    """An order of this call: what names a party."""
    call_id = line.call().id
    with unit_of_work():
        order = CallOrder(
            exchange_id="sim", call_id=call_id, kind=kind, body={}, state="taken", wished_at=TEN
        )
        db.session.add(order)
        db.session.flush()
        return order.id


def party(line: Line, order: int, address: str, **more: Any) -> LiveParty:
    values = {"role": CONSULTED, "is_talking": True, **more}
    return LiveParty(order_id=order, leg_key=f"{line.call_key}-p{order}", address=address, **values)


def leg(line: Line, leg_key: str) -> CallLeg:
    wanted = db.select(CallLeg).where(CallLeg.call_id == line.call().id, CallLeg.leg_key == leg_key)
    return db.session.execute(wanted).scalar_one()


def test_a_hold_that_began_unheard_is_a_hold(line: Line, agent: str) -> None:
    assert mend(talking(line, Place.HELD, agent)) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.HELD
    assert spells_of(line, SpellKind.HOLD) == [(60, None)]


def test_a_hold_that_ended_unheard_is_over(line: Line, agent: str) -> None:
    tell(Talk(line).held(agent, 20))

    assert mend(talking(line, Place.TALKING, agent)) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.TALKING
    assert spells_of(line, SpellKind.HOLD) == [(20, 60)]


def test_the_true_moment_of_a_hold_takes_the_place_of_the_moment_of_the_look(
    line: Line, agent: str
) -> None:
    talk = Talk(line)
    mend(talking(line, Place.HELD, agent), at=60)

    tell(talk.held(agent, 31))

    assert spells_of(line, SpellKind.HOLD) == [(31, None)]
    assert line.call().state is CallState.HELD


def test_a_party_that_came_unheard_is_in_the_call(line: Line, agent: str, colleague: str) -> None:
    order = wished(line)
    tell(Talk(line).held(agent, 20, order))

    rings = party(line, order, colleague, is_talking=False)
    assert mend(talking(line, Place.HELD, agent, parties=(rings,))) == [Kind.PARTIES]
    assert leg(line, rings.leg_key).answered_at is None

    answered = party(line, order, colleague)
    assert mend(talking(line, Place.HELD, agent, parties=(answered,)), at=90) == [Kind.PARTIES]
    assert leg(line, rings.leg_key).answered_at == TEN + timedelta(seconds=90)
    assert line.call().state is CallState.HELD


def test_a_party_that_went_unheard_is_not_in_the_call(
    line: Line, agent: str, colleague: str
) -> None:
    order, talk = wished(line), Talk(line)
    tell(talk.held(agent, 20, order), talk.rings(colleague, 21, order=order))
    tell(talk.answers(colleague, 25, order=order))

    assert mend(talking(line, Place.HELD, agent)) == [Kind.PARTIES]

    assert leg(line, f"call-1-p{order}").end_reason == "gone"
    assert line.call().state is CallState.HELD


def test_three_who_talk_unheard_are_in_one_talk(line: Line, agent: str, colleague: str) -> None:
    order, talk = wished(line), Talk(line)
    tell(talk.held(agent, 20, order), talk.rings(colleague, 21, order=order))

    joined = talking(line, Place.TALKING, agent, parties=(party(line, order, colleague),))
    assert mend(joined) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.TALKING
    assert spells_of(line, SpellKind.HOLD) == [(20, 60)]


def test_a_colleague_who_took_over_unheard_has_the_call(
    line: Line, agent: str, colleague: str, heard: list[Event]
) -> None:
    order, talk = wished(line), Talk(line)
    tell(talk.held(agent, 20, order), talk.rings(colleague, 21, order=order))
    was = line.call().agent_id

    taker = party(line, order, colleague)
    seen = talking(line, Place.TALKING, colleague, agent_leg_key=taker.leg_key, agent_party=taker)
    assert mend(seen) == [Kind.OTHER_PLACE]

    call = line.call()
    assert call.state is CallState.TALKING
    assert call.agent_id not in {None, was}
    assert leg(line, taker.leg_key).took_over_at == TEN + timedelta(seconds=60)
    assert leg(line, AGENT_LEG).end_reason == PartyLost.TRANSFERRED
    assert [one.name for one in heard].count("call.transferred") == 1


def test_a_blind_transfer_that_began_unheard_leaves_the_agent_free(
    line: Line, colleague: str, heard: list[Event]
) -> None:
    order = wished(line, "TransferCaller")
    rung = party(line, order, colleague, role=TRANSFERRED_TO, is_talking=False)

    assert mend(talking(line, Place.HELD, None, parties=(rung,))) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.TRANSFERRING
    assert [one.name for one in heard].count("call.transferred") == 1


def test_a_blind_transfer_that_was_taken_unheard_gives_the_call_to_the_colleague(
    line: Line, agent: str, colleague: str
) -> None:
    order, talk = wished(line, "TransferCaller"), Talk(line)
    tell(talk.transferred(agent, 30), talk.rings(colleague, 31, order=order, role=TAKER))
    was = line.call().agent_id

    taker = party(line, order, colleague, role=TRANSFERRED_TO)
    seen = talking(line, Place.TALKING, colleague, agent_leg_key=taker.leg_key, agent_party=taker)
    assert mend(seen) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.TALKING
    assert line.call().agent_id not in {None, was}


def test_a_caller_who_talks_outside_unheard_is_handed_over(line: Line) -> None:
    order = wished(line)
    outside = party(line, order, "07623380000", target_kind=TargetKind.NUMBER)

    assert mend(talking(line, Place.TALKING, None, parties=(outside,))) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.HANDED_OVER
    assert leg(line, outside.leg_key).is_outside


def test_a_caller_handed_over_is_no_difference(line: Line, agent: str) -> None:
    order, talk = wished(line), Talk(line)
    who: dict[str, Any] = {"order": order, "kind": OUTSIDE}
    tell(talk.held(agent, 20), talk.rings("07623380000", 21, **who))
    tell(talk.answers("07623380000", 25, **who), talk.transferred(agent, 30))

    outside = party(line, order, "07623380000", target_kind=TargetKind.NUMBER)
    assert mend(talking(line, Place.TALKING, None, parties=(outside,))) == []


@pytest.mark.parametrize("known", [None, SupervisionMode.LISTEN])
def test_a_supervisor_who_takes_part_unheard_is_known(
    line: Line, agent: str, colleague: str, known: SupervisionMode | None
) -> None:
    order = wished(line, "Supervise")
    if known:
        tell(Talk(line).supervised(colleague, 20, known))
    barges = party(line, order, colleague, role=PartyRole.SUPERVISOR, mode=SupervisionMode.BARGE)

    assert mend(talking(line, Place.TALKING, agent, parties=(barges,))) == [Kind.SUPERVISION]

    modes = [(one.mode, one.ended_at is None) for one in spells.list_spells(line.call().id)]
    assert modes[-1] == ("barge", True)


def test_a_supervisor_who_went_unheard_is_gone(line: Line, agent: str, colleague: str) -> None:
    tell(Talk(line).supervised(colleague, 20, SupervisionMode.LISTEN))

    assert mend(talking(line, Place.TALKING, agent)) == [Kind.SUPERVISION]

    assert spells.open_spells(line.call().id) == []


def test_another_agent_than_we_think_is_found_and_counted(line: Line, colleague: str) -> None:
    seen = talking(line, Place.TALKING, colleague, agent_leg_key="call-1-a2")
    assert mend(seen) == [Kind.OTHER_AGENT]

    db.session.rollback()
    since = clock.now() - timedelta(minutes=1)
    assert mending.count_differences("sim", since=since) == {Kind.OTHER_AGENT: 1}


def test_a_held_call_is_taken_up_after_a_restart_as_it_is(agent: str, colleague: str) -> None:
    """The ledger lost all of it: hold and consulted colleague come with the call."""
    line = Line()
    seen = talking(line, Place.HELD, agent, parties=(party(line, 4711, colleague),))

    with unit_of_work():
        adoption.adopt("sim", "boot-1", live=[seen], phones={}, at=TEN + timedelta(seconds=60))

    call = line.call()
    assert call.state is CallState.HELD
    assert call.agent_id is not None
    assert spells_of(line, SpellKind.HOLD) == [(60, None)]
    assert leg(line, "call-1-p4711").answered_at is not None


def test_a_citizen_who_answered_while_we_were_away_is_talked_with(agent: str) -> None:
    line = call_out(agent)
    called = talking(line, Place.CALLED, agent, agent_leg_key=f"{line.call_key}-a1")
    assert mend(called, at=30) == [Kind.OTHER_PLACE]
    assert line.call().state is CallState.CALLING

    talks = talking(line, Place.TALKING, agent, agent_leg_key=f"{line.call_key}-a1")
    assert mend(talks, at=60) == [Kind.OTHER_PLACE]

    assert line.call().state is CallState.TALKING
    assert line.call().talk_started_at == TEN + timedelta(seconds=60)


def call_out(agent: str) -> Line:
    """A call to a citizen that the exchange has taken on."""
    with unit_of_work():
        there = PhoneChanged(
            exchange_id="sim", phone=agent, is_there=True, contact="sip:page", happened_at=TEN
        )
        adoption.note_phone(there)
    with unit_of_work():
        call_id, order_id = wishes.call_out(
            agent_id=people.accounts.find_by_work_number(agent).id,  # type: ignore[union-attr]
            phone=agent,
            number="13800001234",
            shown_number="12345",
            ring_seconds=20,
        )
    with unit_of_work():
        db.session.get_one(CallOrder, order_id).state = "taken"
        adoption.note_phone(
            PhoneChanged(
                exchange_id="sim", phone=agent, is_there=False, contact="sip:page", happened_at=TEN
            )
        )
    return Line(call_key=calls.get_call(call_id).call_key, boot_id=calls.get_call(call_id).boot_id)
