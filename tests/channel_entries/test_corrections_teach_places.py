"""A channel corrects where it is: the wrong address is offered to nobody, the right one is.

Only what a dispatcher put right was unlearnt; what a channel had typed wrongly stayed on offer.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.core.database import db
from app.organisation.models import LearntPlace
from tests.channel_entries.clerks import all_tickets, clerk_of, enter, load_channels
from tests.channel_entries.test_corrections_change_no_promise import corrected
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

WRONG, RIGHT = "桂山大道1号", "桂山大道10号"


@pytest.fixture
def clerk(
    frozen: object,  # noqa: ARG001 - stops the clock before anybody signs in
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the channels and sign in who enters cases for the bureau of culture and tourism."""
    load_channels()
    return clerk_of(sign_in_as, "culture-tourism")


def learnt() -> dict[tuple[str, str], int]:
    db.session.rollback()
    return {
        (row.county_code, row.address): row.times for row in db.session.scalars(select(LearntPlace))
    }


def test_the_wrong_address_is_learnt_no_more_and_the_right_one_is(clerk: PageClient) -> None:
    case = enter(clerk, address=WRONG).location
    assert learnt() == {("441625", WRONG): 1}

    assert corrected(clerk, case, address=RIGHT) == 302
    assert learnt() == {("441625", RIGHT): 1}
    assert corrected(clerk, case, address=RIGHT, title="改过的标题") == 302
    assert learnt() == {("441625", RIGHT): 1}


def test_another_county_is_learnt_with_the_address_and_its_grid_is_said_anew(
    clerk: PageClient,
) -> None:
    case = enter(clerk, address=RIGHT, grid="4416250010102").location

    assert corrected(clerk, case, address=RIGHT, place="441602", grid="4416250010102") == 302

    assert learnt() == {("441602", RIGHT): 1}
    assert all_tickets()[0].grid == ""
    assert corrected(clerk, case, address=RIGHT, place="441602", grid="4416020010102") == 302
    assert all_tickets()[0].grid == "4416020010102"


def test_what_turns_out_confidential_teaches_nothing_and_what_is_not_does(
    clerk: PageClient,
) -> None:
    case = enter(clerk, address=WRONG).location

    assert corrected(clerk, case, address=RIGHT, is_confidential="y") == 302
    assert learnt() == {}
    assert corrected(clerk, case, address=RIGHT) == 302
    assert learnt() == {("441625", RIGHT): 1}
