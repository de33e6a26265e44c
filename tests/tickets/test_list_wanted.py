"""What an address chooses is read and written the same; nonsense chooses nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.list_cursor import BadPlace, Place, read_place, write_place
from app.tickets.list_wanted import (
    Sort,
    TicketsWanted,
    marks_of_privacy,
    quarters_between,
    stretches,
    unfit_days,
    wanted_from,
)

SECRET = "a secret of the tests"
PLACE = Place(at=datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC), ticket_id=7, is_back=True)


@given(
    st.dictionaries(
        st.sampled_from(["text", "state", "opened_from", "first_contact", "sort", "page", "x"]),
        st.text(max_size=60),
    )
)
def test_any_address_is_read_and_means_the_same_when_it_is_written_again(
    query: dict[str, str],
) -> None:
    wanted = wanted_from(query)

    assert wanted_from(wanted.as_query()) == wanted


def test_a_day_that_is_none_and_a_person_who_is_no_id_choose_nothing() -> None:
    wanted = wanted_from({"opened_from": "2026-02-30", "first_contact": "1 or 1", "unit": "٣"})

    assert not wanted.is_narrowed
    assert wanted_from({"sort": "by_colour"}).order is Sort.NEWEST


def test_a_place_is_read_as_it_was_written() -> None:
    wanted = TicketsWanted(text="停水")

    assert read_place(write_place(PLACE, wanted, secret=SECRET), wanted, secret=SECRET) == PLACE


@pytest.mark.parametrize("text", ["", "x", "WzEsMiwzXQ.abc", "é", "a" * 5000])
def test_a_place_that_was_not_made_here_is_none(text: str) -> None:
    with pytest.raises(BadPlace):
        read_place(text, TicketsWanted(), secret=SECRET)


def test_a_place_in_one_list_is_no_place_in_another() -> None:
    written = write_place(PLACE, TicketsWanted(text="停水"), secret=SECRET)

    with pytest.raises(BadPlace):
        read_place(written, TicketsWanted(text="停电"), secret=SECRET)
    with pytest.raises(BadPlace):
        read_place(written, TicketsWanted(text="停水"), secret="another secret")


def test_quarters_are_looked_through_more_and_more_of_them_each_time() -> None:
    quarters = quarters_between(
        datetime(2024, 12, 31, 17, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    )

    assert quarters[0] == "20251"
    assert quarters[-1] == "20264"
    assert [len(each) for each in stretches(quarters)] == [1, 3, 4]
    assert [one for each in stretches(quarters) for one in each] == quarters


@pytest.mark.parametrize(
    ("confidential", "reads_confidential", "terms"),
    [
        ("", True, []),
        ("yes", True, ["'_k_1'"]),
        ("no", True, ["!'_k_1'"]),
        ("", False, ["(!'_k_1' | '_f_7')"]),
        ("yes", False, ["'_k_1'", "(!'_k_1' | '_f_7')"]),
    ],
)
def test_who_may_not_read_what_is_confidential_finds_his_own_of_it_alone(
    confidential: str, reads_confidential: bool, terms: list[str]
) -> None:
    wanted = TicketsWanted(confidential=confidential)

    assert terms == marks_of_privacy(wanted, reader_id=7, reads_confidential=reads_confidential)


def test_what_stands_for_a_day_and_is_none_is_named_beside_its_field() -> None:
    query = {"opened_from": "2026-02-30", "opened_until": "2026-11-30", "closed_from": "  "}

    assert unfit_days({**query, "closed_until": "昨天", "text": "昨天"}) == {
        "opened_from": "2026-02-30",
        "closed_until": "昨天",
    }
