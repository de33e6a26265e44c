"""A clerk calls the citizen from his own telephone; the ledger proves it, and the log fills."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.accounts.models import User
from app.calls import own_telephones
from app.calls.models import Call
from app.calls.own_telephones import Stage
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.handling import calling, contacting, unit_parts, visiting
from app.handling.acting import Doer
from app.handling.models import VisitWay
from app.tickets import stepping
from telephony import events as news
from telephony.events import EndedBy
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell
from tests.handling import cast as play
from tests.handling.cast import Cast, saved

pytestmark = pytest.mark.usefixtures("registers")

OWN, CITIZEN = "13800000001", "13900002817"


def has_telephone(doer: Doer, number: str = OWN) -> None:
    """Enter somebody's telephone."""
    with unit_of_work():
        db.session.get_one(User, doer.user_id).contact_number = number


@pytest.fixture(autouse=True)
def exchange(cast: Cast) -> None:
    """Let the exchange be in reach, and the clerk have a telephone."""
    desks.link_up()
    has_telephone(cast.unit)


@dataclass
class Told:
    """The news of one such call, in seconds since it was wished."""

    call_id: int

    @property
    def _line(self) -> Line:
        db.session.rollback()
        return Line(call_key=self.call.call_key)

    @property
    def call(self) -> Call:
        return db.session.get_one(Call, self.call_id)

    def _at(self, seconds: float) -> float:
        return (self.call.invited_at - TEN).total_seconds() + seconds

    def taken(self) -> None:
        phone = "+8613800000001"
        tell(self._line.rings(phone, self._at(1)), self._line.answered(phone, self._at(3)))

    def own_rings_in_vain(self) -> None:
        phone = "+8613800000001"
        tell(
            self._line.rings(phone, self._at(1)),
            self._line.ring_failed(phone, self._at(40)),
            self._line.ended(self._at(40), by=EndedBy.EXCHANGE, cause=19),
        )

    def citizen_answers(self, at: float = 8) -> None:
        tell(Talk(self._line).citizen_answers(self._at(at)))

    def ends(self, at: float, by: EndedBy) -> None:
        tell(self._line.ended(self._at(at), by=by))

    def loses_the_sound(self, at: float) -> None:
        lost = self._line.lost("+8613800000001", self._at(at), reason=news.PartyLost.MEDIA_LOST)
        tell(lost)


def begun(doer: Doer, ticket_id: int) -> Told:
    return Told(saved(calling.call_citizen, ticket_id, doer=doer).call_id)


def log_of(ticket_id: int) -> list[tuple[bool, bool]]:
    """Return of every contact whether it is proven, and whether he was reached."""
    db.session.rollback()
    return [
        (each.call_id is not None, each.is_reached) for each in contacting.contacts_of(ticket_id)
    ]


def stage(told: Told) -> Stage:
    db.session.rollback()
    return own_telephones.stage_of(told.call)


def refused(doer: Doer, ticket_id: int) -> str:
    with pytest.raises(Refusal) as why:
        saved(calling.call_citizen, ticket_id, doer=doer)
    return why.value.code


@pytest.mark.postgresql
def test_a_citizen_who_answers_stands_in_the_log_as_reached_and_proven(cast: Cast) -> None:
    ticket_id = play.handled(cast)

    told = begun(cast.unit, ticket_id)
    [order] = desks.orders("CallOut")
    assert (order["phone"], order["phone_kind"]) == ("+8613800000001", "number")
    assert order["number"] == "+8613900002817"
    assert stage(told) is Stage.RINGS_OWN
    told.taken()
    assert stage(told) is Stage.RINGS_CITIZEN
    assert log_of(ticket_id) == []
    told.citizen_answers()

    assert stage(told) is Stage.TALKING
    assert log_of(ticket_id) == [(True, True)]
    told.ends(60, EndedBy.CALLER)
    assert stage(told) is Stage.REACHED
    assert log_of(ticket_id) == [(True, True)]
    [contact] = contacting.contacts_of(ticket_id)
    assert (contact.unit_id, contact.by) == (cast.lead, cast.unit.user_id)
    assert [each.act for each in stepping.steps_of(ticket_id)].count("contact") == 1


def test_a_citizen_who_does_not_answer_is_a_proven_try(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = begun(cast.unit, ticket_id)
    told.taken()
    told.ends(50, EndedBy.EXCHANGE)

    assert log_of(ticket_id) == [(True, False)]
    assert stage(told) is Stage.NOT_REACHED


def test_who_does_not_take_his_own_telephone_has_tried_nobody(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = begun(cast.unit, ticket_id)
    told.own_rings_in_vain()

    assert log_of(ticket_id) == []
    assert stage(told) is Stage.OWN_NOT_TAKEN


def test_who_hangs_up_at_once_has_tried_nobody(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = begun(cast.unit, ticket_id)
    told.taken()
    told.ends(5, EndedBy.AGENT)

    assert log_of(ticket_id) == []
    assert stage(told) is Stage.BROKEN_OFF


def test_an_answer_that_is_heard_after_the_end_corrects_the_log(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = begun(cast.unit, ticket_id)
    told.taken()
    told.ends(60, EndedBy.CALLER)
    assert log_of(ticket_id) == [(True, False)]
    told.citizen_answers(8)

    assert stage(told) is Stage.REACHED
    assert log_of(ticket_id) == [(True, True)]


def test_a_telephone_that_falls_silent_keeps_nobody_waiting_for_it(cast: Cast) -> None:
    told = begun(cast.unit, play.handled(cast))
    told.taken()
    told.citizen_answers()
    told.loses_the_sound(30)

    db.session.rollback()
    assert told.call.state.value == "talking"
    told.ends(31, EndedBy.AGENT)
    assert stage(told) is Stage.REACHED


def test_no_desk_hears_of_a_call_from_a_telephone(cast: Cast, heard: Any) -> None:
    told = begun(cast.unit, play.handled(cast))
    told.taken()
    told.citizen_answers()
    told.ends(40, EndedBy.CALLER)

    names = {each.name for each in heard}
    assert "call.citizen_reached" in names
    assert "call.answered" not in names


def test_only_who_has_a_part_calls_and_only_while_it_is_handled(cast: Cast) -> None:
    has_telephone(cast.other)
    ticket_id = play.handled(cast)
    assert refused(cast.other, ticket_id) == "not-your-part"

    to_sign = play.open_one(cast)
    play.send(cast, to_sign)
    assert refused(cast.unit, to_sign) == "not-while-handling"


def test_the_town_that_does_the_work_calls_too(cast: Cast) -> None:
    has_telephone(cast.town, "13800000003")
    ticket_id = play.open_one(cast)
    county = cast.county.unit_id
    assert county is not None
    assert cast.town.unit_id is not None
    play.send(cast, ticket_id, lead=county)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)

    assert begun(cast.town, ticket_id).call.agent_id == cast.town.user_id


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "no-own-telephone"),
        ("110", "own-telephone-not-dialled"),
        ("0762-120", "own-telephone-not-dialled"),
        ("95598", "own-telephone-not-dialled"),
        ("12315", "own-telephone-not-dialled"),
        ("+1 202 555 0100", "own-telephone-not-dialled"),
        ("138 0000", "own-telephone-not-dialled"),
        (CITIZEN, "calls-himself"),
    ],
)
def test_a_telephone_that_is_missing_or_none_is_refused_with_a_word(
    cast: Cast, number: str, code: str
) -> None:
    has_telephone(cast.unit, number)
    assert refused(cast.unit, play.handled(cast)) == code
    assert desks.orders("CallOut") == []


def test_an_emergency_number_of_a_citizen_is_never_dialled(cast: Cast) -> None:
    assert refused(cast.unit, play.handled(cast, contact_number="119")) == "emergency-number"


def test_of_a_confidential_ticket_the_unit_calls_nobody(cast: Cast) -> None:
    ticket_id = play.handled(cast, is_confidential=True)
    assert refused(cast.unit, ticket_id) == "ticket-contact-hidden"


def test_one_call_at_a_time(cast: Cast) -> None:
    ticket_id, another = play.handled(cast), play.handled(cast, contact_number="13900002818")
    told = begun(cast.unit, ticket_id)
    assert refused(cast.unit, ticket_id) == "already-calling"
    assert refused(cast.unit, another) == "already-calling"

    told.own_rings_in_vain()
    assert begun(cast.unit, another).call_id != told.call_id


def test_who_talked_adds_what_was_said_once_and_nobody_else(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = begun(cast.unit, ticket_id)
    told.taken()
    told.citizen_answers()
    [contact] = contacting.contacts_of(ticket_id)
    words = {"ticket_id": ticket_id, "is_reply_told": True}

    with pytest.raises(Refusal):
        saved(contacting.say_what_was_said, contact.id, "编的", doer=cast.other, **words)
    saved(contacting.say_what_was_said, contact.id, "约定明天上门", doer=cast.unit, **words)
    with pytest.raises(Refusal):
        saved(contacting.say_what_was_said, contact.id, "再写一次", doer=cast.unit, **words)

    [kept] = contacting.contacts_of(ticket_id)
    assert (kept.note, kept.is_reply_told) == ("约定明天上门", True)


def test_a_return_visitor_without_a_desk_calls_whom_he_has_to_ask(cast: Cast) -> None:
    has_telephone(cast.visitor, "13800000009")
    ticket_id = play.audited(cast)
    before = log_of(ticket_id)
    told = begun(cast.visitor, ticket_id)
    told.taken()
    told.citizen_answers()
    told.ends(60, EndedBy.CALLER)

    assert log_of(ticket_id) == before  # his visit is written by himself, with this call as proof
    play.ask(cast, ticket_id, call_id=told.call_id)
    assert play.state(ticket_id) == "closed"


def test_a_visitors_call_that_rang_nobody_proves_no_attempt(cast: Cast) -> None:
    has_telephone(cast.visitor, "13800000009")
    ticket_id = play.audited(cast)
    told = begun(cast.visitor, ticket_id)
    told.own_rings_in_vain()

    new = visiting.NewVisit(way=VisitWay.PHONE, call_id=told.call_id, note="no_answer")
    with pytest.raises(Refusal) as why:
        saved(visiting.visit, ticket_id, new, doer=cast.visitor)
    assert why.value.code == "call-is-not-his"


def test_who_sits_at_a_desk_calls_from_there(cast: Cast) -> None:
    has_telephone(cast.visitor)
    ticket_id = play.audited(cast)
    person = db.session.get_one(User, cast.visitor.user_id)
    desks.open_desk(person)

    assert refused(cast.visitor, ticket_id) == "desk-is-open"
