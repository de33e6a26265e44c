"""Persons and their numbers by hand: merge, split, undo, and who was quicker."""

from datetime import UTC, datetime

import pytest

from app.audit import service as audit
from app.callers import person_changes as changes
from app.callers import person_list, refusals, service
from app.callers.models import Caller
from app.core.database import db, unit_of_work
from tests import people

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MOBILE, OFFICE, THIRD = "15407620001", "0762-3300001", "15407620003"

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


@pytest.fixture
def clerk() -> int:
    """Give somebody who may change persons."""
    return people.one_person("shift_leader").id


def person(name: str, *numbers: str) -> int:
    with unit_of_work():
        for number in numbers:
            service.remember_call(number, at=AT)
        found = service.get_or_open_caller(numbers[0], name)
        for number in numbers[1:]:
            found = service.get_or_open_caller(numbers[0], name, contact=number)
        return found.id


def version(caller_id: int) -> int:
    db.session.rollback()
    return db.session.get_one(Caller, caller_id).version


def behind(number: str) -> list[int]:
    db.session.rollback()
    return [each.caller_id for each in service.recognise(number).persons]


def merge(kept: int, other: int, clerk: int) -> int:
    with unit_of_work():
        return changes.merge(
            kept, version=version_inside(kept), other_id=other, reason="同一人", merged_by=clerk
        ).id


def version_inside(caller_id: int) -> int:
    return db.session.get_one(Caller, caller_id).version


def split(caller_id: int, clerk: int, *numbers: str, shares: bool = False) -> tuple[int, int]:
    with unit_of_work():
        links = changes.links_of(caller_id)
        wanted = {service.phone_numbers.normalise(number) for number in numbers}
        change = changes.split(
            caller_id,
            version=version_inside(caller_id),
            link_ids=[link.id for link in links if link.number in wanted],
            name="王先生",
            shares=shares,
            reason="两个人",
            split_by=clerk,
        )
        return change.id, change.other_id


def undo(caller_id: int, change_id: int, clerk: int) -> None:
    with unit_of_work():
        changes.undo(caller_id, change_id=change_id, undone_by=clerk)


def test_a_person_calls_from_one_number_and_is_called_back_on_another() -> None:
    with unit_of_work():
        she = service.get_or_open_caller(MOBILE, "张女士", contact="0762-3300001 转 801").id

    [calling, contact] = changes.links_of(she)

    assert (calling.number, calling.is_contact) == ("+8615407620001", False)
    assert (contact.number, contact.is_contact, contact.extension) == ("+867623300001", True, "801")
    assert behind(MOBILE) == behind(OFFICE) == [she]
    with unit_of_work():
        again = service.get_or_open_caller(MOBILE, "张女士", contact="07623300001").id
    assert again == she
    assert len(changes.links_of(she)) == 2


def test_merged_persons_are_one_and_undone_they_are_two_again(clerk: int) -> None:
    she, also = person("张女士", MOBILE), person("张小明", OFFICE)

    change = merge(she, also, clerk)

    assert behind(MOBILE) == behind(OFFICE) == [she]
    context = service.recognise(OFFICE)
    assert context.caller_ids == {she, also}  # her earlier work is found under either
    undo(she, change, clerk)
    assert behind(MOBILE) == [she]
    assert behind(OFFICE) == [also]


def test_a_merge_is_undone_from_the_middle_of_a_chain(clerk: int) -> None:
    a, b, c = person("甲先生", MOBILE), person("乙先生", OFFICE), person("丙先生", THIRD)
    first = merge(b, a, clerk)
    second = merge(c, b, clerk)
    assert behind(MOBILE) == behind(OFFICE) == behind(THIRD) == [c]

    undo(c, first, clerk)

    assert behind(MOBILE) == [a]
    assert behind(OFFICE) == behind(THIRD) == [c]
    undo(c, second, clerk)
    assert (behind(OFFICE), behind(THIRD)) == ([b], [c])


def test_a_name_that_the_kept_one_lacked_is_lent_and_taken_back(clerk: int) -> None:
    with unit_of_work():
        service.remember_call(THIRD, at=AT)
    nameless = db.session.scalars(db.select(Caller)).one().id
    she = person("张女士", MOBILE)

    change = merge(nameless, she, clerk)

    assert behind(THIRD) == [nameless]
    undo(nameless, change, clerk)
    assert behind(THIRD) == []
    assert behind(MOBILE) == [she]


def test_one_who_was_two_is_split_and_the_split_is_undone(clerk: int) -> None:
    she = person("张女士", MOBILE, OFFICE)

    change, he = split(she, clerk, OFFICE)

    assert (behind(MOBILE), behind(OFFICE)) == ([she], [he])
    undo(she, change, clerk)
    assert behind(MOBILE) == behind(OFFICE) == [she]
    assert {link.number for link in changes.links_of(she)} == {"+8615407620001", "+867623300001"}


def test_two_may_share_a_number_after_a_split(clerk: int) -> None:
    she = person("张女士", MOBILE)

    change, he = split(she, clerk, MOBILE, shares=True)

    assert behind(MOBILE) == [she, he]
    undo(she, change, clerk)
    assert behind(MOBILE) == [she]


def test_a_split_leaves_nobody_without_a_number(clerk: int) -> None:
    she = person("张女士", MOBILE)

    for numbers in ((MOBILE,), ()):
        with pytest.raises(refusals.NothingToSplit):
            split(she, clerk, *numbers)


def test_undo_is_refused_twice_and_where_it_would_turn_in_a_circle(clerk: int) -> None:
    she = person("张女士", MOBILE, OFFICE)
    change, he = split(she, clerk, OFFICE)
    merged = merge(he, she, clerk)

    with pytest.raises(refusals.ChangeStandsUnder):
        undo(she, change, clerk)
    undo(he, merged, clerk)
    with pytest.raises(refusals.ChangeIsUndone):
        undo(he, merged, clerk)
    undo(she, change, clerk)

    assert behind(MOBILE) == behind(OFFICE) == [she]
    with pytest.raises(refusals.NoSuchChange):
        undo(person("丙先生", THIRD), change, clerk)


def test_who_is_slower_than_a_colleague_is_told_so(clerk: int) -> None:
    she, also, third = person("张女士", MOBILE), person("张小明", OFFICE), person("丙", THIRD)
    seen = version(she)
    merge(she, also, clerk)

    with pytest.raises(refusals.CallerChangedMeanwhile), unit_of_work():
        changes.edit_person(she, version=seen, name="李女士", language=None, edited_by=clerk)
    with pytest.raises(refusals.CallerChangedMeanwhile), unit_of_work():
        changes.merge(she, version=seen, other_id=third, reason="x", merged_by=clerk)
    with pytest.raises(refusals.CallerIsMerged), unit_of_work():
        changes.edit_person(also, version=1, name="x", language=None, edited_by=clerk)
    assert behind(MOBILE) == [she]


def test_nobody_is_merged_with_himself_nor_with_nobody(clerk: int) -> None:
    she = person("张女士", MOBILE)

    with pytest.raises(refusals.SamePerson):
        merge(she, she, clerk)
    with pytest.raises(refusals.NobodyToMerge):
        merge(she, 4711, clerk)


def test_a_number_is_added_and_taken_away_but_never_the_last_one(clerk: int) -> None:
    she = person("张女士", MOBILE)
    with unit_of_work():
        changes.add_number(she, version=1, number="0762-3300001-12", added_by=clerk)
    with pytest.raises(refusals.NumberIsTheirs), unit_of_work():
        changes.add_number(she, version=2, number="07623300001", added_by=clerk)
    with pytest.raises(service.NumberNeeded), unit_of_work():
        changes.add_number(she, version=2, number="匿名", added_by=clerk)

    [mobile, office] = changes.links_of(she)
    with unit_of_work():
        changes.remove_number(she, version=2, link_id=mobile.id, removed_by=clerk)
    with pytest.raises(refusals.LastNumber), unit_of_work():
        changes.remove_number(she, version=3, link_id=office.id, removed_by=clerk)
    assert (behind(MOBILE), behind(OFFICE)) == ([], [she])


def test_every_change_by_hand_stands_in_the_audit_without_a_whole_number(clerk: int) -> None:
    she, also = person("张女士", MOBILE), person("张小明", OFFICE)
    change = merge(she, also, clerk)
    undo(she, change, clerk)
    split_change, _ = split(she, clerk, MOBILE, shares=True)
    undo(she, split_change, clerk)
    with unit_of_work():
        changes.edit_person(
            she, version=version_inside(she), name="李女士", language="hakka", edited_by=clerk
        )
        changes.add_number(she, version=version_inside(she), number="15407629999", added_by=clerk)

    lines = [line for line in audit.list_lines().items if line.realm == "callers"]

    assert [line.kind for line in reversed(lines)] == [
        "caller.merged",
        "caller.change_undone",
        "caller.split",
        "caller.change_undone",
        "caller.edited",
        "caller.number_added",
    ]
    assert {line.actor_id for line in lines} == {clerk}
    told = " ".join(str(line.data) for line in lines)
    assert "15407629999" not in told
    assert "李女士" not in told


def test_persons_are_found_by_name_and_by_number_in_any_spelling(clerk: int) -> None:
    she, also = person("张女士", MOBILE), person("张小明", OFFICE)
    merge(she, also, clerk)
    he = person("李先生", THIRD)

    def found(text: str) -> list[int]:
        return [each.id for each in person_list.find_persons(text).items]

    assert found("") == [he, she]
    assert found("小明") == [she]
    assert found("0762 330 0001") == [she]
    assert found("0003") == [he]
    assert found("003") == []  # fewer digits would find half the city
    assert found("%") == []
    shown = person_list.numbers_shown([she, he])
    assert {of: [each.number_shown for each in numbers] for of, numbers in shown.items()} == {
        she: ["154****0001", "0762****001"],
        he: ["154****0003"],
    }


def test_a_page_masks_and_says_who_else_has_the_number() -> None:
    she, he = person("张小明", MOBILE), person("李先生", MOBILE)

    shown = person_list.person_page(she)

    assert shown.name_shown == "张*"
    [number] = shown.numbers
    assert number.number == "154****0001"
    assert [each.caller_id for each in number.others] == [he]
    assert person_list.person_page(she, whole=True).numbers[0].number == "+8615407620001"
