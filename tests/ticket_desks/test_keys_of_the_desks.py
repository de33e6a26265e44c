"""What the ticket desks print of their keys is what their keys are: always with Alt."""

import re

import pytest

from tests.handling import cast as play
from tests.handling.cast import Cast
from tests.ticket_desks.browsers import Desks, page, words
from tests.ticket_desks.test_audit_desk import handed_in
from tests.ticket_desks.test_county_desk import COUNTY, led


def printed(html: str, key: str) -> str:
    """Return what the button of a key prints as its key."""
    button = html[html.index(f'data-key="{key}"') :]
    found = re.search(r"<kbd[^>]*>([^<]*)</kbd>", button[: button.index("</button>")])
    assert found is not None
    return found[1]


def test_the_button_that_approves_a_result_asks_for_alt(cast: Cast, desks: Desks) -> None:
    html = page(desks.at("dispatcher"), f"/audit-results/{handed_in(cast)}")

    assert printed(html, "a") == "Alt+A"


def test_the_button_that_signs_for_a_ticket_asks_for_alt(cast: Cast, desks: Desks) -> None:
    html = page(desks.at("county_dispatcher", COUNTY), f"/county-dispatch/{led(cast)}")

    assert printed(html, "s") == "Alt+S"


def test_the_button_that_takes_a_proposal_asks_for_alt(cast: Cast, desks: Desks) -> None:
    html = page(desks.at("dispatcher"), f"/dispatch/{play.open_one(cast)}")

    assert printed(html, "1") == "Alt+1"
    assert "按 Alt+1 至 Alt+5 采纳建议并派单" in words(html)


@pytest.mark.parametrize("address", ["/dispatch", "/audit-results"])
def test_a_list_names_its_keys_with_alt(cast: Cast, desks: Desks, address: str) -> None:
    handed_in(cast)
    play.open_one(cast)

    assert "按键：Alt+J、Alt+K 上下移动，回车打开" in words(page(desks.at("dispatcher"), address))
