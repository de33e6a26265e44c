"""Who leads the shift is told of a hot matter, and opens the pool above which it stands."""

import pytest

from app.handling import merging
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state
from tests.ticket_desks.browsers import Desks, page, send, words

OUTAGE = "万绿花园小区停水"


def residents(cast: Cast, count: int = 5) -> list[int]:
    return [
        play.open_one(cast, title=OUTAGE, contact_number=f"1390000{nth:04}") for nth in range(count)
    ]


def test_shift_leaders_open_the_dispatchers_pool_to_which_the_hot_matter_message_leads(
    cast: Cast, desks: Desks
) -> None:
    first, *_ = residents(cast)
    leader = desks.at("shift_leader")

    html = page(leader, "/dispatch")

    assert "近 24 小时 5 人反映" in words(html)
    assert OUTAGE in words(html)
    assert f'href="/tickets/{first}"' in html
    assert 'href="/dispatch"' in page(leader, "/tickets")
    page(leader, f"/tickets/{first}")


@pytest.mark.parametrize("is_merged", [False, True])
def test_what_is_hot_opens_where_its_reader_may_read_it(
    cast: Cast, desks: Desks, *, is_merged: bool
) -> None:
    first, *others = residents(cast)
    if is_merged:
        saved(merging.merge_all, others, first, doer=cast.dispatcher)
    html = page(desks.at("shift_leader"), "/dispatch")

    assert f'href="/tickets/{first}"' in html
    assert "/dispatch/" not in html


def test_who_only_reads_the_pool_can_do_nothing_there(cast: Cast, desks: Desks) -> None:
    first, *others = residents(cast)
    leader = desks.at("shift_leader")
    html = page(leader, "/dispatch")

    assert 'name="chosen" type="checkbox"' not in html
    assert "data-takes" not in html
    assert "desk-batch" not in html
    for path, data in (
        (f"/dispatch/{first}", {"dispatch-lead": "x", "dispatch-seen": "1"}),
        ("/dispatch-batch", {"chosen": [f"{first}:1"]}),
        ("/dispatch-merge", {"chosen": [f"{each}:1" for each in others], "master": "x"}),
    ):
        assert send(leader, path, **data).status_code == 403
    page(leader, f"/dispatch/{first}", 403)
    assert state(first) == "to_dispatch"
