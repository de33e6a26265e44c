"""The number of an identity card: checked, masked for everybody, whole for a reason only."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit import service as audit
from app.callers import service as callers
from app.core.database import db, unit_of_work
from app.privacy.levels import PrivacyLevel
from app.tickets import erasing
from app.tickets.identity_numbers import is_right, masked_identity, plain_identity
from app.tickets.models import Ticket
from app.tickets.person_details import PersonDetails
from tests.conftest import PageClient
from tests.privacy.secret_ticket import IDENTITY, NAME, NUMBER, open_ticket

PAGE = {"Accept": "text/html"}
MASKED = "4416************8X"
WHY = {"unmask-reason_code": "dispatch", "unmask-reason": "核验参保身份"}
SignIn = Callable[..., PageClient]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(seventeen: str) -> str:
    """Reckon the last sign as the standard tells it, apart from our own code."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


def open_with_card(opened_by: int, **changes: Any) -> int:
    return open_ticket(opened_by, details=PersonDetails(identity_number=IDENTITY), **changes)


def page(browser: PageClient, ticket_id: int) -> str:
    return browser.get(f"/tickets/{ticket_id}", headers=PAGE).text


@given(st.dates().filter(lambda day: 1900 <= day.year <= 2100), st.integers(0, 999))
def test_a_number_with_its_own_check_sign_is_right_and_no_other_sign_is(
    day: Any, order: int
) -> None:
    number = with_check(f"441602{day:%Y%m%d}{order:03}")

    assert is_right(number)
    assert [sign for sign in "0123456789X" if is_right(number[:-1] + sign)] == [number[-1]]


@pytest.mark.parametrize("typed", ["４41602 19900101 018x", "441602-19900101-018X", IDENTITY])
def test_however_it_is_typed_it_is_kept_in_one_way(typed: str) -> None:
    assert plain_identity(typed) == IDENTITY


@pytest.mark.parametrize("typed", ["", "44160219900101018", "٤٤١٦٠٢١٩٩٠٠١٠١٠١٨X", "X" * 18])
def test_what_is_no_number_is_not_right(typed: str) -> None:
    assert not is_right(typed)


def test_day_of_birth_and_order_are_masked() -> None:
    assert masked_identity(IDENTITY) == "4416************8X"
    assert masked_identity("") == ""
    assert masked_identity("123") == "***"


@pytest.mark.usefixtures("registers", "app")
@pytest.mark.parametrize("level", ["open", "ordinary", "confidential"])
def test_who_wrote_it_down_reads_it_masked_and_whole_for_a_reason_that_is_kept(
    sign_in_as: SignIn, level: str
) -> None:
    leader = sign_in_as("shift_leader")
    ticket_id = open_with_card(leader.person.id, privacy=level)
    before = page(leader, ticket_id)
    assert MASKED in before
    assert IDENTITY not in before

    address = f"/tickets/{ticket_id}/unmask"
    assert leader.post(address, data={**WHY, "unmask-reason": ""}, headers=PAGE).status_code == 422
    assert leader.post(address, data=WHY, headers=PAGE).status_code == 302

    assert IDENTITY in page(leader, ticket_id)
    for other in ("/tickets", f"/tickets?text={NAME}"):
        assert IDENTITY not in leader.get(other, headers=PAGE).text
    assert "没有符合的工单" in leader.get(f"/tickets?text={IDENTITY}", headers=PAGE).text
    [line] = [each for each in audit.list_lines().items if each.kind == "privacy.unmasked"]
    assert line.data["reason"] == "核验参保身份"
    assert leader.post(f"/tickets/{ticket_id}/cover", headers=PAGE).status_code == 302
    assert IDENTITY not in page(leader, ticket_id)


@pytest.mark.usefixtures("registers", "app")
@pytest.mark.parametrize(
    ("role", "level", "sees"),
    [
        ("dispatcher", "open", True), ("dispatcher", "ordinary", True),
        ("dispatcher", "confidential", False), ("agent", "open", False),
        ("agent", "ordinary", False), ("quality_inspector", "ordinary", False),
    ],
)  # fmt: skip
def test_who_works_on_it_reads_the_masked_number_and_who_looks_from_afar_none(
    sign_in_as: SignIn, role: str, level: str, sees: bool
) -> None:
    ticket_id = open_with_card(sign_in_as("agent").person.id, privacy=level)
    shown = page(sign_in_as(role), ticket_id)

    assert IDENTITY not in shown
    assert (MASKED in shown) is sees


@pytest.mark.usefixtures("registers", "app")
def test_a_ticket_without_a_card_says_nothing_of_one_and_has_nothing_more_to_uncover(
    sign_in_as: SignIn,
) -> None:
    leader = sign_in_as("shift_leader")
    ticket_id = open_ticket(leader.person.id, privacy=PrivacyLevel.OPEN)
    with_card = open_with_card(leader.person.id, privacy=PrivacyLevel.OPEN, title="另一件")

    assert "身份证号" not in page(leader, ticket_id)
    assert 'data-testid="unmask"' not in page(leader, ticket_id)
    assert 'data-testid="unmask"' in page(leader, with_card)


@pytest.mark.usefixtures("registers", "app")
def test_who_asks_to_be_forgotten_leaves_no_card(sign_in_as: SignIn) -> None:
    open_with_card(sign_in_as("agent").person.id)
    caller_id = db.session.scalars(db.select(Ticket.caller_id)).one()
    assert caller_id is not None
    assert callers.get_caller(caller_id)

    with unit_of_work():
        erasing.erase_person([caller_id], [NUMBER], call_ids=[], names=[NAME])

    assert db.session.scalars(db.select(Ticket.identity_number)).one() == ""
