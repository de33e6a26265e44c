"""Published totals are counted again from single tickets, and compared across a change of types."""

import pytest

from app.core.clock import CITY_TIME
from app.measures.periods import PeriodKind, period_of
from app.measures.type_schemes import (
    FROM_SEVEN,
    UnmappedType,
    compare_types,
    count_types,
    mapped,
)
from tests.measures.lianping import (
    FIRST_OF_Q2_2025,
    FIRST_OF_Q4_2023,
    Q2_2025,
    Q4_2023,
    tickets_of,
)


def test_the_seven_types_of_2023_are_counted_exactly() -> None:
    counted = count_types(tickets_of(Q4_2023, FIRST_OF_Q4_2023))

    assert counted == Q4_2023
    assert sum(counted.values()) == 2595


def test_the_five_types_of_2025_are_counted_exactly() -> None:
    counted = count_types(tickets_of(Q2_2025, FIRST_OF_Q2_2025))

    assert counted == Q2_2025
    assert sum(counted.values()) == 3136


def test_each_ticket_lies_in_its_quarter() -> None:
    for published, first in ((Q4_2023, FIRST_OF_Q4_2023), (Q2_2025, FIRST_OF_Q2_2025)):
        quarter = period_of(first.astimezone(CITY_TIME).date(), PeriodKind.QUARTER)
        assert all(
            quarter.begins <= each.opened_at < quarter.ends for each in tickets_of(published, first)
        )


def test_both_quarters_are_compared_in_todays_types() -> None:
    changes = compare_types(
        count_types(tickets_of(Q4_2023, FIRST_OF_Q4_2023)),
        count_types(tickets_of(Q2_2025, FIRST_OF_Q2_2025)),
        earlier_mapping=FROM_SEVEN,
    )

    assert [(each.request_type, each.earlier, each.later) for each in changes] == [
        ("consult", 249, 57),
        ("complaint", 155 + 1662 + 144, 2840),
        ("help", 309, 169),
        ("suggestion", 11, 12),
        ("report", 65, 58),
    ]
    assert sum(each.earlier for each in changes) == 2595
    assert sum(each.change for each in changes) == 3136 - 2595


def test_a_type_that_no_mapping_knows_is_told_and_not_lost() -> None:
    with pytest.raises(UnmappedType, match="praise"):
        mapped({**Q4_2023, "praise": 3}, FROM_SEVEN)
