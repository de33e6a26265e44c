"""Which words of an entry hold when: changes from a date, ends, and what is taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rules import dated_versions as rules
from app.rules.dated_versions import Version
from app.rules.exclusion_versions import ExclusionWords

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OLD = ExclusionWords(
    name_zh="外市", name_en="Outside", treatment="tell", told_where="事发地 12345",
    told_words="请拨打事发地 12345。", basis="示例", position=5,
)  # fmt: skip
NEW = replace(OLD, told_words="请拨打区号加 12345。")
NEWER = replace(OLD, told_words="我为您转接。")
Versions = tuple[Version[ExclusionWords], ...]
HELD: Versions = (Version(words=OLD, valid_from=NOW - DAY),)


def words_at(versions: Versions, at: datetime) -> list[ExclusionWords]:
    return [each.words for each in versions if each.holds_at(at)]


def test_a_change_from_a_date_leaves_the_words_of_today() -> None:
    versions = rules.with_change(HELD, NEW, begins=NOW + DAY, now=NOW)

    assert words_at(versions, NOW) == [OLD]
    assert words_at(versions, NOW + DAY) == [NEW]
    assert rules.shown(versions, at=NOW).words == OLD
    assert [each.words for each in rules.planned_after(versions, at=NOW)] == [NEW]


def test_a_change_before_a_planned_one_holds_until_that_one() -> None:
    versions = rules.with_change(HELD, NEWER, begins=NOW + 2 * DAY, now=NOW)
    versions = rules.with_change(versions, NEW, begins=NOW + DAY, now=NOW)

    told = [words_at(versions, NOW + days * DAY) for days in range(4)]
    assert told == [[OLD], [NEW], [NEWER], [NEWER]]


def test_a_change_of_the_very_same_moment_takes_the_place_of_the_other() -> None:
    versions = rules.with_change(HELD, NEW, begins=NOW + DAY, now=NOW)
    versions = rules.with_change(versions, NEWER, begins=NOW + DAY, now=NOW)

    assert len(versions) == 2
    assert words_at(versions, NOW + DAY) == [NEWER]


def test_what_callers_were_told_yesterday_is_not_changed() -> None:
    with pytest.raises(rules.ChangesThePast):
        rules.with_change(HELD, NEW, begins=NOW - timedelta(minutes=1), now=NOW)
    with pytest.raises(rules.ChangesThePast):
        rules.with_end(HELD, ends=NOW - timedelta(minutes=1), now=NOW)


def test_an_end_takes_what_was_planned_for_later_with_it() -> None:
    versions = rules.with_change(HELD, NEW, begins=NOW + 2 * DAY, now=NOW)
    versions = rules.with_end(versions, ends=NOW + DAY, now=NOW)

    assert words_at(versions, NOW) == [OLD]
    assert words_at(versions, NOW + DAY) == []
    assert words_at(versions, NOW + 3 * DAY) == []
    assert rules.planned_after(versions, at=NOW) == ()
    with pytest.raises(rules.AlreadyEnded):
        rules.with_end(versions, ends=NOW + DAY, now=NOW)


def test_an_ended_kind_may_hold_again() -> None:
    ended = rules.with_end(HELD, ends=NOW, now=NOW)
    versions = rules.with_change(ended, NEW, begins=NOW + DAY, now=NOW)

    assert rules.shown(ended, at=NOW).words == OLD
    assert [words_at(versions, NOW + days * DAY) for days in range(2)] == [[], [NEW]]
    assert rules.shown(versions, at=NOW).words == NEW


def test_a_planned_change_that_is_taken_back_leaves_the_words_before_it() -> None:
    versions = rules.with_change(HELD, NEW, begins=NOW + DAY, now=NOW)

    assert rules.without_change(versions, begins=NOW + DAY, now=NOW) == HELD
    with pytest.raises(rules.NothingPlanned):
        rules.without_change(versions, begins=NOW + DAY, now=NOW + DAY)
    with pytest.raises(rules.NothingPlanned):
        rules.without_change(HELD, begins=NOW - DAY, now=NOW)


def test_an_entry_says_for_the_screens_whether_it_holds_waits_or_has_ended() -> None:
    def state(versions: Versions) -> str:
        return rules.Entry(code="X5", versions=versions).state(NOW)

    planned = rules.with_change((), NEW, begins=NOW + DAY, now=NOW)
    ended = rules.with_end(HELD, ends=NOW, now=NOW)

    assert [state(HELD), state(planned), state(ended)] == ["active", "planned", "ended"]
    assert rules.Entry(code="X5", versions=ended).past(NOW) == ended
