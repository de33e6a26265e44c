"""What is hidden of a confidential ticket is neither found by searching nor told by its title."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import db
from app.privacy.levels import PrivacyLevel
from app.tickets.models import TicketListRow
from app.tickets.service import get_ticket
from tests.privacy.secret_ticket import (
    ADDRESS,
    CARD,
    NAME,
    NUMBER,
    SECRETS,
    open_ticket,
    secrets_in,
)
from tests.tickets.test_exports import asked, fetched, rows_of

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.one_database]


@pytest.mark.parametrize("searched", [NAME, NUMBER, CARD, "zhuge_mingjing", "翡翠湖畔", "1704"])
def test_who_reads_it_without_its_caller_does_not_learn_whose_it_is_by_searching(
    sign_in_as: Callable[..., Any], searched: str
) -> None:
    number = get_ticket(open_ticket(sign_in_as("agent").person.id)).number
    dispatcher = sign_in_as("dispatcher")

    assert number in dispatcher.get("/tickets?text=夜间施工").text  # the matter itself is found
    assert number not in dispatcher.get("/tickets", query_string={"text": searched}).text


def test_what_becomes_confidential_is_not_found_by_it_any_more(
    sign_in_as: Callable[..., Any],
) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id, privacy="ordinary")
    row = db.session.get_one(TicketListRow, ticket_id)
    assert secrets_in(row.words, "name")
    get_ticket(ticket_id).privacy = PrivacyLevel.CONFIDENTIAL
    db.session.flush()
    db.session.refresh(row)

    assert secrets_in(row.words, *SECRETS) == set()


def test_a_place_in_the_title_is_hidden_in_lists_and_files_however_it_is_spaced(
    sign_in_as: Callable[..., Any],
) -> None:
    manager = sign_in_as("hotline_manager")
    for title in (f"{ADDRESS}夜间施工", f"{''.join(ADDRESS.split())}夜间施工"):
        open_ticket(sign_in_as("agent").person.id, title=title)

    shown = manager.get("/tickets?sort=newest").text
    rows = rows_of(fetched(manager, asked(manager, "csv")), "csv")
    assert shown.count("夜间施工") >= 2
    assert secrets_in(shown, "address") == set()
    assert secrets_in(" ".join(" ".join(row) for row in rows), "address") == set()
