"""The life of a ticket is told in plain words, in both languages, whatever was done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.tickets.models import Ticket, TicketStep
from app.tickets.ticket_moves import TABLE, TicketAct
from app.tickets.ticket_states import TicketState
from app.tickets.ticket_timeline import (
    KNOWN_ACTS,
    NOT_TOLD,
    OTHER,
    CallPicture,
    Kind,
    StepPicture,
    timeline,
)
from tests.catalogues import keys, read
from tests.tickets.test_list_pages import open_one

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def step(act: str, old: str | None, new: str, **carried: Any) -> StepPicture:
    return StepPicture(at=AT, act=act, old=old, new=new, by=7, carried=carried)


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("act", [*sorted(KNOWN_ACTS), OTHER])
def test_every_act_has_a_sentence_in_both_languages(language: str, act: str) -> None:
    assert "%(who)s" in keys(read(language))[f"timeline.act_{act}"]


@pytest.mark.parametrize("act", list(TicketAct))
def test_every_act_of_the_table_is_known(act: TicketAct) -> None:
    assert timeline([step(act, "handling", "handling")])[0].act == act


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_whatever_an_act_must_carry_has_a_name(language: str) -> None:
    names = {name for move in TABLE for name in move.carries} - NOT_TOLD

    assert names - {key.removeprefix("timeline.carried_") for key in keys(read(language))} == set()


def test_an_act_of_a_later_version_is_told_neutrally() -> None:
    [line] = timeline([step("teleport", "handling", "to_audit", colour="blue")])

    assert (line.act, line.before, line.after) == (OTHER, "handling", "to_audit")


def test_what_moved_nothing_says_no_state() -> None:
    [line] = timeline([step("urge", "handling", "handling", text="请快一点")])

    assert (line.before, line.after) == ("", "")


def test_what_came_with_an_act_is_told_by_its_kind() -> None:
    [line] = timeline(
        [
            step(
                "dispatch",
                "to_dispatch",
                "to_sign",
                lead=3,
                assistants=[4, 5],
                basis="目录",
                visit=9,
            )
        ]
    )

    assert [(each.name, each.kind, each.value) for each in line.details] == [
        ("lead", Kind.UNIT, "3"),
        ("assistants", Kind.UNIT, "4"),
        ("assistants", Kind.UNIT, "5"),
        ("basis", Kind.TEXT, "目录"),
    ]


def test_later_calls_stand_where_they_happened() -> None:
    later = CallPicture(at=AT - timedelta(hours=1), by=7, note="又停水了")

    lines = timeline([step("sign", "to_sign", "handling")], [later])

    assert [line.act for line in lines] == ["called_again", "sign"]


@pytest.mark.usefixtures("registers", "app")
@pytest.mark.one_database
@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "派单"), ("en", "dispatched the ticket")]
)
def test_the_page_of_a_ticket_tells_its_life(
    sign_in_as: Callable[..., Any], language: str, words: str
) -> None:
    browser = sign_in_as("dispatcher", locale=language, name="派单员甲")
    ticket_id = open_one(browser.person.id, "路灯不亮")
    with unit_of_work():
        ticket = db.session.get_one(Ticket, ticket_id)
        ticket.state = TicketState.TO_SIGN
        db.session.add(
            TicketStep(
                ticket_id=ticket_id,
                act="dispatch",
                old=TicketState.TO_DISPATCH,
                new=TicketState.TO_SIGN,
                at=AT,
                by=browser.person.id,
                carried={"lead": 1, "note": "请联系13800138000"},
            )
        )

    page = browser.get(f"/tickets/{ticket_id}").text

    assert words in page
    assert "派单员甲" in page
    assert "13800138000" not in page
