"""Who was handed to 110 or a utility is on record: to whom, why, what came of it; and is found."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import User
from app.calls import transfers
from app.calls.models import CallOrder
from app.calls.transfer_states import TransferKind, TransferState
from app.channels import directory
from app.core.database import db, unit_of_work
from app.rules import service as rules
from app.tickets import recording
from app.tickets.ticket_states import EnquiryResult
from tests.administration.keepers import page
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]

HAND_OFFS = "/calls/hand-offs"


def handed(entry: str, address: str, by: User, *, note: str = "", code: str = "") -> int:
    """Have a caller handed to an entry of the directory, who took him; return the call."""
    line = Line(call_key=f"to-{entry}-{by.id}")
    tell(line.arrived(0))
    call_id, exchange_id = line.call().id, line.call().exchange_id
    by_id = by.id
    with unit_of_work():
        order = CallOrder(
            exchange_id=exchange_id, call_id=call_id, kind="CallParty", body={},
            state="taken", wished_at=TEN, wished_by=by_id,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        handing = transfers.Handing(
            kind=TransferKind.THREE_PARTY, address=address, to_entry=entry, summary="有人落水"
        )
        transfers.open_transfer(order, handing)
        transfers.found(order.id, TransferState.TAKEN, at=TEN)
        if note:
            recording.record_enquiry(
                recording.NewEnquiry(
                    call_id=call_id, agent_id=by_id, result=EnquiryResult.TRANSFERRED,
                    exclusion_code=code, note=note, transfer_to=entry,
                )
            )  # fmt: skip
    return call_id


@pytest.fixture
def _lists(app: Flask) -> None:  # noqa: ARG001 - tables of this app
    with unit_of_work():
        directory.load_entries()
        rules.load_exclusions()


@pytest.mark.usefixtures("_lists")
def test_each_hand_off_stands_with_its_reason_and_what_came_of_it(
    sign_in_as: Callable[..., PageClient],
) -> None:
    leader = sign_in_as("shift_leader")
    handed("medical-120", "120", leader.person, note="老人晕倒 13900002817", code="X1")

    html = page(leader, HAND_OFFS)

    for said in ("急救 120", "应由紧急号码处置", "老人晕倒 139****2817", "对方已接", "三方通话"):
        assert said in html
    assert "13900002817" not in html


@pytest.mark.usefixtures("_lists")
def test_hand_offs_are_found_by_body_by_reason_and_by_kind(
    sign_in_as: Callable[..., PageClient],
) -> None:
    leader = sign_in_as("shift_leader")
    handed("medical-120", "120", leader.person, note="老人晕倒")
    handed("power-95598", "95598", leader.person, note="整栋停电")

    def found(asked: str) -> tuple[bool, bool]:
        html = page(leader, f"{HAND_OFFS}?{asked}")
        return "老人晕倒" in html.split("<tbody>")[-1], "整栋停电" in html.split("<tbody>")[-1]

    assert found("") == (True, True)
    assert found("kind=emergency") == (True, False)
    assert found("kind=utility") == (False, True)
    assert found("text=急救") == (True, False)
    assert found("text=停电") == (False, True)
    assert "没有符合条件的转出记录" in page(leader, f"{HAND_OFFS}?text=没有的词")
    assert found("text=%25") == (False, False)


@pytest.mark.usefixtures("_lists")
def test_an_agent_sees_only_those_whom_he_handed_on(sign_in_as: Callable[..., PageClient]) -> None:
    leader, agent = sign_in_as("shift_leader"), sign_in_as("agent")
    handed("medical-120", "120", leader.person, note="老人晕倒")

    assert "老人晕倒" not in page(agent, HAND_OFFS)
    assert "还没有转出的来电" in page(agent, HAND_OFFS)
