"""A new dictionary of types is followed wherever a type is chosen or told."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core import clock
from app.rules import type_register
from app.rules.type_natures import Nature
from app.rules.type_versions import RequestKind, TypeVersion
from app.tickets.service import get_ticket
from tests.channel_entries.clerks import load_channels
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, page, seen_in, send
from tests.tickets.test_exports import asked, fetched, rows_of

NAMES = {"consult": "咨询建言", "complaint": "投诉举报", "help": "求助", "praise": "表扬"}

NATURES = {
    "consult": Nature.CONSULT, "complaint": Nature.COMPLAINT, "help": Nature.HELP,
    "praise": Nature.STATISTICAL,
}  # fmt: skip


@pytest.fixture
def dictionary(cast: Cast, tick: Callable[..., None]) -> None:  # noqa: ARG001 - its database
    """Let a dictionary hold that calls types otherwise, and knows fewer of them."""
    kinds = tuple(
        RequestKind(code=code, name_zh=name, name_en=code, nature=NATURES[code])
        for code, name in NAMES.items()
    )
    version = TypeVersion(
        code="heyuan-2027", name_zh="新口径", name_en="New", basis="示例",
        valid_from=clock.now(), kinds=kinds,
    )  # fmt: skip
    saved(
        type_register.plan_version, version,
        begins=clock.now() + timedelta(minutes=1), is_new=True, seen="",
    )  # fmt: skip
    tick(minutes=2)


@pytest.mark.usefixtures("dictionary")
def test_a_type_is_corrected_to_one_of_the_dictionary_that_holds(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    html = page(browser, f"/dispatch/{ticket_id}")
    offered = html[html.index('id="retype-request_type"') :].split("</select>")[0]
    assert [name in offered for name in ("咨询建言", "投诉举报", "表扬", "建议")] == [
        True, True, False, False,
    ]  # fmt: skip

    given = {"retype-reason": "实为建议", "retype-seen": seen_in(html, "retype")}
    gone = send(browser, f"/dispatch/{ticket_id}/retype", **given,
                **{"retype-request_type": "suggestion"})  # fmt: skip
    assert gone.status_code == 422
    kept = send(browser, f"/dispatch/{ticket_id}/retype", **given,
                **{"retype-request_type": "consult"})  # fmt: skip
    assert kept.status_code == 302
    assert get_ticket(ticket_id).request_type == "consult"


@pytest.mark.usefixtures("dictionary")
def test_a_file_calls_a_type_as_the_list_does(cast: Cast, desks: Desks) -> None:
    play.open_one(cast)
    browser = desks.at("data_analyst")

    rows = rows_of(fetched(browser, asked(browser, "csv")), "csv")

    assert rows[2][1] == "投诉举报"
    assert "投诉举报" in page(browser, "/tickets")


@pytest.mark.usefixtures("dictionary")
def test_a_message_becomes_a_demand_of_a_type_that_holds(desks: Desks) -> None:
    load_channels()
    agent = desks.at("agent")
    made = send(agent, "/simulator/messages", channel="hotline-sms", sender="13912342817",
                text="路灯不亮，请派人修。")  # fmt: skip
    assert made.status_code == 302
    [message] = set(re.findall(r"/texts/\d+", page(agent, "/texts")))
    send(agent, f"{message}/take")

    assert "投诉举报" in page(agent, message)
