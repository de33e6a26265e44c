"""One table says how much of a caller each reader sees; these are the promises behind it."""

import itertools
from datetime import timedelta

import pytest

from app.privacy.levels import (
    MAY_UNMASK,
    TABLE,
    UNCOVERED,
    Capacity,
    PrivacyLevel,
    Shown,
    Sight,
    sight_of,
    stricter,
)
from app.privacy.looks import Deed, Look, is_same_look
from app.privacy.uncovering import LONGEST, lasts
from app.rules.time_limits import read_limit
from tests.conftest import A_WORKING_MORNING as NOW

OPENNESS = [Shown.HIDDEN, Shown.MASKED, Shown.WHOLE]
FIELDS = ("name", "number", "address", "text", "identity")


def shows_no_more(less: Sight | None, more: Sight | None) -> bool:
    if less is None or more is None:
        return less is None
    return all(
        OPENNESS.index(getattr(less, field)) <= OPENNESS.index(getattr(more, field))
        for field in FIELDS
    )


def test_the_table_knows_every_level_and_every_capacity() -> None:
    assert set(TABLE) == set(itertools.product(PrivacyLevel, Capacity))


@pytest.mark.parametrize("capacity", list(Capacity))
def test_a_stricter_promise_never_shows_more(capacity: Capacity) -> None:
    levels = list(PrivacyLevel)

    for looser, tighter in itertools.pairwise(levels):
        assert shows_no_more(sight_of(tighter, capacity), sight_of(looser, capacity))


@pytest.mark.parametrize("capacity", sorted(set(Capacity) - {Capacity.OWN}))
def test_of_a_confidential_ticket_nobody_but_its_first_contact_sees_who_called(
    capacity: Capacity,
) -> None:
    sight = sight_of(PrivacyLevel.CONFIDENTIAL, capacity)

    assert sight is None or {getattr(sight, field) for field in FIELDS} == {Shown.HIDDEN}


def test_who_entered_results_or_leads_does_not_know_that_there_is_a_confidential_ticket() -> None:
    blind = [each for each in Capacity if sight_of(PrivacyLevel.CONFIDENTIAL, each) is None]

    assert blind == [Capacity.COLLEAGUE, Capacity.LEADER, Capacity.CHANNEL]


@pytest.mark.parametrize(("level", "capacity"), list(TABLE))
def test_no_list_shows_a_whole_number_whatever_was_uncovered(
    level: PrivacyLevel, capacity: Capacity
) -> None:
    sight = sight_of(level, capacity, is_unmasked=True, in_list=True)

    assert sight is None or sight.number is not Shown.WHOLE


@pytest.mark.parametrize(("level", "capacity"), list(TABLE))
def test_nobody_sees_an_identity_card_whole_without_a_reason_and_no_list_any_of_it(
    level: PrivacyLevel, capacity: Capacity
) -> None:
    plain = sight_of(level, capacity)
    listed = sight_of(level, capacity, is_unmasked=True, in_list=True)

    assert plain is None or plain.identity is not Shown.WHOLE
    assert listed is None or listed.identity is Shown.HIDDEN


@pytest.mark.parametrize(("level", "capacity"), list(TABLE))
def test_a_reason_uncovers_only_for_those_of_the_hotline(
    level: PrivacyLevel, capacity: Capacity
) -> None:
    plain, opened = sight_of(level, capacity), sight_of(level, capacity, is_unmasked=True)

    if plain is None:
        assert opened is None
    elif capacity in MAY_UNMASK:
        assert opened == UNCOVERED
    else:
        assert opened == plain


def test_of_tickets_that_become_one_the_stricter_promise_holds() -> None:
    assert stricter(PrivacyLevel.OPEN, PrivacyLevel.CONFIDENTIAL) is PrivacyLevel.CONFIDENTIAL
    assert stricter(PrivacyLevel.ORDINARY, PrivacyLevel.OPEN) is PrivacyLevel.ORDINARY


def look(seconds: float = 0, **changes: object) -> Look:
    plain = {"deed": Deed.OPENED, "is_unmasked": False, "address": "10.0.0.1"}
    return Look(at=NOW + timedelta(seconds=seconds), **{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        (None, look(), False),
        (look(), look(59), True),
        (look(), look(60), False),
        (look(), look(5, is_unmasked=True), False),
        (look(), look(5, address="10.0.0.2"), False),
        (look(), look(5, deed=Deed.PLAYED), False),
        (look(deed=Deed.PRINTED), look(5, deed=Deed.PRINTED), False),
        (look(deed=Deed.EXPORTED), look(5, deed=Deed.EXPORTED), False),
        (look(deed=Deed.PLAYED), look(5, deed=Deed.PLAYED), True),
    ],
)
def test_a_reload_within_a_minute_is_one_look_and_taking_data_out_is_always_one_more(
    before: Look | None, now: Look, is_same: bool
) -> None:
    assert is_same_look(before, now) is is_same


@pytest.mark.parametrize(
    ("rule", "lasting"),
    [
        ("10min", timedelta(minutes=10)),
        ("1h", timedelta(hours=1)),
        ("48h", LONGEST),
        ("3wd", LONGEST),
        ("500min", LONGEST),
    ],
)
def test_nothing_lies_open_longer_than_a_shift_whatever_the_rule_says(
    rule: str, lasting: timedelta
) -> None:
    assert lasts(read_limit(rule)) == lasting
