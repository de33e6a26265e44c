"""The shipped dictionaries of request types, and how they are planned and mapped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.core import clock
from app.core.database import unit_of_work
from app.core.seen import ChangedMeanwhile, seen_mark
from app.rules import type_register
from app.rules.code_lists import CodeTaken
from app.rules.refusals import ChangesThePast
from app.rules.type_natures import WORKING, Nature
from app.rules.type_versions import NotLater, RequestKind, TypeVersion, VersionHolds

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

OLD, NOW = "lianping-2023", "guangdong-2025"
# What the county published for the fourth quarter of 2023, over seven types (domain rules 1.4).
PUBLISHED = {
    "consult": 249, "efficiency_complaint": 155, "general_complaint": 1662, "help": 309,
    "suggestion": 11, "consumer_rights": 144, "economic_offence": 65,
}  # fmt: skip
NEXT = TypeVersion(
    code="guangdong-2027", name_zh="新口径", name_en="New", basis="示例", valid_from=clock.now(),
    kinds=(RequestKind(code="all", name_zh="诉求", name_en="Demand", nature=Nature.HELP),),
)  # fmt: skip


def plan(version: TypeVersion, *, days: int = 30, is_new: bool = True, seen: str = "") -> None:
    begins = clock.now() + timedelta(days=days)
    with unit_of_work():
        type_register.plan_version(version, begins=begins, is_new=is_new, seen=seen)


def test_the_published_figures_of_seven_types_are_recounted_by_five_and_none_is_lost() -> None:
    found = type_register.read_book().recounted(PUBLISHED, OLD, NOW)

    assert found.total == 2595
    assert found.unmapped == {}
    assert found.by_type == {
        "consult": 249, "complaint": 155 + 1662 + 144, "help": 309, "suggestion": 11, "report": 65,
        "praise": 0, "void": 0,
    }  # fmt: skip


def test_the_types_that_the_forms_know_are_those_of_today() -> None:
    handled = {each.code for each in type_register.types_at() if each.starts_clock}

    assert handled == {str(each) for each in WORKING}


def test_praise_and_void_calls_start_no_clock_and_an_unknown_type_does() -> None:
    assert type_register.nature_of("complaint").starts_clock
    assert not type_register.nature_of("praise").starts_clock
    assert not type_register.nature_of("void").starts_clock
    assert type_register.nature_of("something").starts_clock
    assert type_register.codes_of({Nature.REPORT}) == {"report", "economic_offence"}
    before = datetime(2024, 1, 1, tzinfo=UTC)
    assert [each.code for each in type_register.types_at(before)][-1] == "economic_offence"


def test_a_planned_dictionary_comes_by_itself_at_its_moment(
    frozen: time_machine.Traveller,
) -> None:
    plan(NEXT)

    assert len(type_register.types_at()) == 7
    frozen.shift(timedelta(days=31))
    assert [each.code for each in type_register.types_at()] == ["all"]


def test_one_that_holds_is_not_changed_and_one_that_waits_is() -> None:
    plan(NEXT)
    waiting = type_register.read_book().version(NEXT.code)
    plan(
        replace(waiting, name_zh="改过的口径"),
        days=40,
        is_new=False,
        seen=seen_mark(vars_of(waiting)),
    )

    assert type_register.read_book().version(NEXT.code).name_zh == "改过的口径"
    holding = type_register.read_book().version(NOW)
    with pytest.raises(VersionHolds):
        plan(holding, is_new=False)
    with pytest.raises(ChangedMeanwhile):
        plan(waiting, is_new=False, seen=seen_mark(vars_of(waiting)))


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(CodeTaken):
        plan(replace(NEXT, code=NOW))
    with pytest.raises(ChangesThePast):
        plan(NEXT, days=-1)


def test_one_that_waits_can_be_taken_back_with_what_was_said_of_it() -> None:
    plan(NEXT)
    say({"complaint": ("all", "示例")})
    with unit_of_work():
        type_register.take_version_back(NEXT.code)

    assert [each.code for each in type_register.read_book().versions] == [OLD, NOW]
    assert all(NEXT.code != each.to_version for each in type_register.read_book().mappings)
    with pytest.raises(VersionHolds), unit_of_work():
        type_register.take_version_back(NOW)


def test_words_on_types_are_added_and_never_overwritten(frozen: time_machine.Traveller) -> None:
    plan(NEXT)
    assert type_register.mapped("complaint", NOW, NEXT.code).is_unmapped
    say({"complaint": ("all", "第一次")})
    first = clock.now()
    frozen.shift(timedelta(days=1))
    say({"complaint": ("", "并无对应"), "help": ("all", "第二次")})

    book = type_register.read_book()
    assert book.mapped("complaint", NOW, NEXT.code).is_unmapped
    assert book.mapped("complaint", NOW, NEXT.code, at=first).code == "all"
    assert book.mapped("help", NOW, NEXT.code).code == "all"
    assert say({"help": ("all", "第二次")}) == 0


def test_two_people_who_map_at_once_lose_nothing() -> None:
    plan(NEXT)
    seen = seen_mark(type_register.seen_of(type_register.read_book(), NOW, NEXT.code))
    say({"help": ("all", "同事说的")})

    with pytest.raises(ChangedMeanwhile), unit_of_work():
        type_register.say_mappings(NOW, NEXT.code, {"help": ("", "我说的")}, seen=seen)


def test_types_are_mapped_forward_only() -> None:
    with pytest.raises(NotLater), unit_of_work():
        type_register.say_mappings(NOW, OLD, {"complaint": ("general_complaint", "")}, seen="")


def test_loading_twice_adds_nothing() -> None:
    with unit_of_work():
        assert type_register.load_types() == 0


def say(words: dict[str, tuple[str, str]]) -> int:
    seen = seen_mark(type_register.seen_of(type_register.read_book(), NOW, NEXT.code))
    with unit_of_work():
        return type_register.say_mappings(NOW, NEXT.code, words, seen=seen)


def vars_of(version: TypeVersion) -> dict[str, object]:
    return {**vars(version), "kinds": tuple(vars(each) for each in version.kinds)}
