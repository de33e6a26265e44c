"""A small year of tickets through the pages: everything that must hold at its end holds."""

import csv
import io

import pytest
from flask import Flask

from tests.rehearsal.year import play_year
from tests.rehearsal.year_truth import RATES, recount

ROW = (
    "ticket_id,dispatches,first_unit_id,unit_id,is_merged,exclusions,result_mark\n"
    "1,1,4,4,False,,5\n2,2,4,7,False,,2\n3,1,4,4,False,withdrawn,\n4,0,,,True,,\n"
)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("registers")
def test_a_year_through_the_pages_ends_with_nothing_owed_and_figures_that_a_plain_count_gives(
    app: Flask,
) -> None:
    outcome = play_year(app, orders=4, sittings=6)

    assert outcome.faults == []
    assert outcome.tickets > 4  # those of chance, and what seldom happens, once each
    assert outcome.deeds.handed_in
    assert outcome.deeds.answers


def test_the_plain_count_counts_what_its_words_say() -> None:
    rows = list(csv.DictReader(io.StringIO(ROW)))

    assert recount(rows, "dispatch_accuracy") == (1, 2)
    assert recount(rows, "dispatch_once") == (1, 2)
    assert recount(rows, "satisfaction") == (1, 2)
    assert recount(rows, "merged") == (1, 4)
    assert len(RATES) == 25
