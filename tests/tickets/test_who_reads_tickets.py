"""A confidential ticket is for its first contact and for those who lead or dispatch."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import unit_of_work
from app.rules.type_natures import Nature
from app.tickets import service as tickets


def open_one(opened_by: int, *, is_confidential: bool) -> int:
    with unit_of_work():
        return tickets.open_ticket(
            tickets.NewTicket(
                call_id=None,
                opened_by=opened_by,
                request_type=Nature.COMPLAINT,
                title="夜间施工噪声",
                content="凌晨仍在施工。",
                category_code="1201",
                county_code="441602",
                is_confidential=is_confidential,
            )
        ).id


@pytest.mark.usefixtures("registers", "app")
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 404), ("data_analyst", 404), ("dispatcher", 200), ("shift_leader", 200)],
)
def test_a_confidential_ticket_opens_only_to_who_may_read_it(
    sign_in_as: Callable[..., Any], role: str, status: int
) -> None:
    owner = sign_in_as("agent")
    ticket_id = open_one(owner.person.id, is_confidential=True)

    browser = sign_in_as(role)

    assert browser.get(f"/tickets/{ticket_id}").status_code == status
    assert ("夜间施工噪声" in browser.get("/tickets").text) is (status == 200)
    assert owner.get(f"/tickets/{ticket_id}").status_code == 200


@pytest.mark.usefixtures("registers", "app")
def test_an_ordinary_ticket_opens_to_every_agent(sign_in_as: Callable[..., Any]) -> None:
    ticket_id = open_one(sign_in_as("agent").person.id, is_confidential=False)

    assert sign_in_as("agent").get(f"/tickets/{ticket_id}").status_code == 200


def test_a_town_clerk_reads_no_other_units_tickets(sign_in_as: Callable[..., Any]) -> None:
    assert sign_in_as("town_clerk").get("/tickets").status_code == 403
