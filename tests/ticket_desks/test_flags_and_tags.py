"""Flags and tags: given in the call or by a dispatcher, found in the list."""

from collections.abc import Callable
from typing import Any

import pytest
from flask_babel import force_locale

from app.audit import service as audit
from app.core.database import unit_of_work
from app.handling import marking
from app.rules import code_register
from app.rules.code_lists import CodeList, CodeWords
from app.rules.service import SINCE_EVER
from app.tickets import list_rows
from app.tickets.export_rows import COLUMNS, RowWriter, heading
from app.tickets.models import Ticket
from app.tickets.reading import reader_of
from app.tickets.refusals import NotInRegister
from app.tickets.service import get_ticket
from app.tickets.tags import TooManyTags
from app.tickets.ticket_flags import MOST_TAGS, in_order, words_in
from app.tickets.ticket_moves import MoveNotPossible, MoveNotYours
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, page, seen_in, send, words


def mark(cast: Cast, ticket_id: int, *, doer: Any = None, **given: Any) -> Ticket:
    wanted = {"flags": (), "wanted": (), **given}
    return saved(marking.mark, ticket_id, doer=doer or cast.dispatcher, **wanted)


def add_tag(code: str, name: str) -> None:
    said = CodeWords(name_zh=name, name_en=name, position=5, valid_from=SINCE_EVER)
    with unit_of_work():
        code_register.add_code(CodeList.TAG, code, said)


def test_flags_are_kept_in_one_order_and_a_field_of_several_codes_is_read() -> None:
    assert in_order(["group", "risk", "group"]) == ["risk", "group"]
    assert words_in(" wage_arrears  prepaid_card wage_arrears ") == ("wage_arrears", "prepaid_card")
    with pytest.raises(ValueError, match="moon"):
        in_order(["moon"])


def test_what_was_given_at_the_opening_stands_on_every_page_of_the_ticket(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast, flags=("group", "sensitive"), tags=("wage_arrears",))
    browser = desks.at("dispatcher")

    for address in (f"/tickets/{ticket_id}", "/tickets", "/dispatch", f"/dispatch/{ticket_id}"):
        shown = words(page(browser, address))
        assert "敏感" in shown, address
        assert "群体性" in shown, address
    assert "标签 欠薪" in words(page(browser, f"/tickets/{ticket_id}"))


def test_a_dispatcher_changes_them_and_the_life_of_the_ticket_says_so(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast, flags=("group",))
    browser = desks.at("dispatcher")
    shown = page(browser, f"/dispatch/{ticket_id}")
    given = {"marks-flags": ["risk"], "marks-tags": ["prepaid_card"]}
    seen = {"marks-seen": seen_in(shown, "marks")}
    assert send(browser, f"/dispatch/{ticket_id}/marks", **given, **seen).status_code == 302

    row = get_ticket(ticket_id)
    assert (row.flags, row.tags) == (["risk"], ["prepaid_card"])
    life = words(page(browser, f"/tickets/{ticket_id}"))
    assert "更改标记、标签" in life
    assert "标记 风险" in life
    assert "标签 预付卡" in life
    [line] = [each for each in audit.list_lines().items if each.kind == "ticket.marked"]
    assert (line.data["flags"], line.data["tags"]) == ("risk", "prepaid_card")

    stale = send(browser, f"/dispatch/{ticket_id}/marks", **given, **seen)
    assert stale.status_code == 409


def test_the_same_again_writes_nothing(cast: Cast) -> None:
    ticket_id = play.open_one(cast, flags=("group",))
    before = get_ticket(ticket_id).version
    mark(cast, ticket_id, flags=["group"])

    assert get_ticket(ticket_id).version == before


def test_a_unit_marks_nothing_and_nobody_marks_what_is_over(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    with pytest.raises(MoveNotYours):
        mark(cast, ticket_id, flags=["risk"], doer=cast.unit)
    over = play.audited(cast)
    play.ask(cast, over)
    with pytest.raises(MoveNotPossible):
        mark(cast, over, flags=["risk"])


def test_only_tags_of_the_list_are_given_and_an_ended_one_stays_where_it_is(cast: Cast) -> None:
    ticket_id = play.open_one(cast, tags=("wage_arrears",))
    with pytest.raises(NotInRegister):
        mark(cast, ticket_id, wanted=["moon"])
    with unit_of_work():
        code_register.end_code(CodeList.TAG, "wage_arrears")
    with pytest.raises(NotInRegister):
        play.open_one(cast, tags=("wage_arrears",))
    mark(cast, ticket_id, wanted=["prepaid_card"])

    assert get_ticket(ticket_id).tags == ["wage_arrears", "prepaid_card"]


def test_no_ticket_has_more_tags_than_help(cast: Cast) -> None:
    codes = [f"tag_{nth}" for nth in range(MOST_TAGS + 1)]
    for code in codes:
        add_tag(code, code)
    with pytest.raises(TooManyTags):
        play.open_one(cast, tags=codes)


def test_the_city_keeps_its_tags_on_a_page_and_the_next_ticket_may_have_them(
    cast: Cast, desks: Desks, sign_in_as: Callable[..., PageClient]
) -> None:
    keeper = sign_in_as("system_admin")
    listed = page(keeper, "/administration/codes/tag")
    assert [name for name in ("汛期", "欠薪", "预付卡") if name in listed] == [
        "汛期",
        "欠薪",
        "预付卡",
    ]
    add_tag("typhoon", "台风")

    ticket_id = play.open_one(cast)
    assert "台风" in page(desks.at("dispatcher"), f"/dispatch/{ticket_id}")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("flag=group", ["甲", "乙"]), ("flag=risk", ["乙"]), ("tag=wage_arrears", ["甲"]),
        ("flag=group&tag=wage_arrears", ["甲"]), ("flag=group&state=open", ["甲", "乙"]),
        ("flag=group&sort=due_first", ["甲", "乙"]), ("flag=moon", []), ("tag=%22", []),
        ("flag=sensitive", []),
    ],
)  # fmt: skip
def test_the_list_finds_by_flag_and_by_tag(
    cast: Cast, desks: Desks, query: str, found: list[str]
) -> None:
    play.open_one(cast, title="甲：工地欠薪", flags=("group",), tags=("wage_arrears",))
    play.open_one(cast, title="乙：噪声扰民", flags=("group", "risk"))
    play.open_one(cast, title="丙：路灯不亮")
    with unit_of_work():
        list_rows.make_all_anew()

    shown = page(desks.at("dispatcher"), f"/tickets?{query}")
    assert [each[0] for each in ("甲：工地", "乙：噪声", "丙：路灯") if each in shown] == found


def test_they_leave_with_the_list_as_a_file(cast: Cast) -> None:
    ticket_id = play.open_one(cast, flags=("group",), tags=("wage_arrears", "prepaid_card"))
    writer = RowWriter(reader_of(cast.dispatcher.user_id))

    with force_locale("zh_Hans_CN"):
        [row] = writer.rows([get_ticket(ticket_id)])
        named = heading()[COLUMNS.index("tags")]
    assert row[COLUMNS.index("flags")] == "群体性"
    assert row[COLUMNS.index("tags")] == "欠薪、预付卡"
    assert named == "标签"
