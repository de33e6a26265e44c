"""A call that nobody took when it was handed on is not noted as transferred (domain rule F8)."""

from itertools import count

import pytest
from flask import Flask

from app.accounts.models import User
from app.calls import transfers
from app.calls.models import CallForward, CallOrder
from app.calls.transfer_states import HandedOn, TransferKind, TransferState, handed_on
from app.core.database import db, unit_of_work
from app.tickets import recording
from app.tickets.models import EnquiryRecord
from app.tickets.refusals import TransferNotTaken
from app.tickets.ticket_states import EnquiryResult
from tests import people
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import enquiry, take_call

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

T = TransferState
_keys = count(1)


@pytest.fixture
def agent(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    return people.one_person("agent")


def handed(call_id: int, exchange_id: str, by_id: int, state: TransferState) -> None:
    """Have a call handed to 110, with this outcome."""
    order = CallOrder(
        exchange_id=exchange_id, call_id=call_id, kind="CallParty", body={}, state="taken",
        wished_at=TEN, wished_by=by_id,
    )  # fmt: skip
    db.session.add(order)
    db.session.flush()
    transfers.open_transfer(
        order, transfers.Handing(kind=TransferKind.WARM, address="110", to_entry="police-110")
    )
    transfers.found(order.id, state, at=TEN)


def called(by: User, *states: TransferState) -> int:
    """Return a call that was handed on as often, with these outcomes."""
    line = Line(call_key=f"handed-{next(_keys)}")
    tell(line.arrived(0))
    call_id, exchange_id, by_id = line.call().id, line.call().exchange_id, by.id
    with unit_of_work():
        for state in states:
            handed(call_id, exchange_id, by_id, state)
    return call_id


def noted(call_id: int, by: User) -> None:
    """Note the call as transferred."""
    new = recording.NewEnquiry(
        call_id=call_id, agent_id=by.id, result=EnquiryResult.TRANSFERRED,
        transfer_to="110", note="有人落水",
    )  # fmt: skip
    with unit_of_work():
        recording.record_enquiry(new)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((), HandedOn.UNKNOWN),
        ((T.RETURNED, T.TAKEN), HandedOn.TAKEN),
        ((T.NOT_ANSWERED, T.RINGING), HandedOn.UNDER_WAY),
        ((T.NOT_ANSWERED, T.RETURNED, T.WITHDRAWN, T.REFUSED), HandedOn.IN_VAIN),
    ],
)
def test_one_who_took_the_call_is_enough_and_one_still_asked_decides_nothing(
    states: tuple[TransferState, ...], said: HandedOn
) -> None:
    assert handed_on(states) is said


@pytest.mark.parametrize("state", [T.NOT_ANSWERED, T.RETURNED, T.WITHDRAWN, T.REFUSED])
def test_what_nobody_took_or_came_back_is_not_noted_as_transferred(
    agent: User, state: TransferState
) -> None:
    call_id = called(agent, state)

    with pytest.raises(TransferNotTaken) as refusal:
        noted(call_id, agent)

    assert refusal.value.field == "result"
    assert db.session.query(EnquiryRecord).count() == 0


@pytest.mark.parametrize("states", [(), (T.TAKEN,), (T.NOT_ANSWERED, T.TAKEN), (T.ASKED,)])
def test_what_somebody_took_is_asked_just_now_or_the_ledger_does_not_know_is_noted(
    agent: User, states: tuple[TransferState, ...]
) -> None:
    noted(called(agent, *states), agent)

    assert db.session.query(EnquiryRecord).count() == 1


def test_a_call_that_old_seats_did_not_answer_is_not_noted_as_transferred_either(
    agent: User,
) -> None:
    call_id = called(agent)
    with unit_of_work():
        db.session.add(
            CallForward(
                call_id=call_id,
                counter=1,
                number="07621234567",
                started_at=TEN,
                ended_at=TEN,
                outcome="no_answer",
            )
        )

    with pytest.raises(TransferNotTaken):
        noted(call_id, agent)


@pytest.mark.parametrize(
    ("language", "words"), [("zh_Hans_CN", "对方未接或已退回"), ("en", "nobody took it")]
)
def test_the_desk_says_it_beside_the_result_and_keeps_what_was_typed(
    sign_in_as: object, language: str, words: str
) -> None:
    desk: PageClient = sign_in_as("agent")  # type: ignore[operator]
    desk.post("/language", data={"locale": language, "next": "/"})
    call = take_call(desk).call()
    call_id, exchange_id, by_id = call.id, call.exchange_id, desk.person.id
    with unit_of_work():
        handed(call_id, exchange_id, by_id, T.NOT_ANSWERED)

    typed = enquiry(result="transferred", transfer_to="110", note="有人落水")
    answer = desk.post(f"/desk/calls/{call_id}/enquiry-record", json=typed)

    assert answer.status_code == 422
    refusal = answer.get_json()["refusal"]
    assert (refusal["field"], words in refusal["message"]) == ("result", True)
