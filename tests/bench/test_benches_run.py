"""The benches can be run, at a hundredth of their size. No figure is judged here."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bed.bed import add_browser_address
from tests.bench import ring_latency, run
from tests.bench.rows import Row, at_least, at_most, quantile, table

SIZE = 0.01


def run_with_a_browser(name: str) -> list[Row]:
    """Run a bench in a thread of its own: a browser of other tests may hold this one's loop."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(run.run_all, [name], size=SIZE, soak_seconds=0).result()


@pytest.mark.slow
def test_the_ami_bench_runs() -> None:
    rows = run.run_all(["ami"], size=SIZE, soak_seconds=0)

    assert [row.unit for row in rows] == ["events/s", "events/s"]
    assert all(row.value > 0 for row in rows)


@pytest.mark.slow
def test_the_statements_of_one_call_are_counted_step_by_step() -> None:
    [row] = run.run_all(["statements"], size=SIZE, soak_seconds=0)

    assert row.value > 0
    assert "answered" in row.peer


@pytest.mark.slow
@pytest.mark.postgresql
def test_what_a_call_costs_is_counted_step_by_step() -> None:
    rows = run.run_all(["call_cost"], size=SIZE, soak_seconds=0)

    assert [row.unit for row in rows] == ["", "", "ms", "ms"]
    assert all("answered" in row.peer for row in rows[:3])


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_routing_bench_runs() -> None:
    rows = run.run_all(["routing"], size=SIZE, soak_seconds=0)

    assert all(row.value > 0 for row in rows)


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_rehearsal_of_faulty_calls_runs_with_and_without_a_book() -> None:
    rows = run.run_all(["rehearsal"], size=SIZE / 5, soak_seconds=0)

    assert [row.ok for row in rows] == [True, None, True] * 2


@pytest.mark.slow
@pytest.mark.asterisk
def test_the_bench_of_calls_runs_and_rings_every_caller_on_both_sides() -> None:
    assert add_browser_address(), "this bench needs a network of its own"
    rows = run.run_all(["ring"], size=SIZE, soak_seconds=0)

    rung = [row for row in rows if row.name.endswith("callers rung")]
    assert [row.ok for row in rung] == [True] * len(ring_latency.RATES)
    assert all(not math.isnan(row.value) for row in rows)


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_bench_of_screens_reaches_every_screen_of_both_processes() -> None:
    rows = run.run_all(["screens"], size=SIZE, soak_seconds=0)

    assert all(row.value > 0 and not math.isnan(row.value) for row in rows)
    assert "10 of 10" in rows[0].peer


@pytest.mark.slow
@pytest.mark.browser
def test_the_bench_of_the_desk_page_opens_it_cold() -> None:
    rows = run_with_a_browser("desk")

    assert [row.unit for row in rows] == ["KB", "s"]
    assert all(row.value > 0 for row in rows)


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.browser
def test_the_bench_of_the_pop_sees_every_step_of_a_call_in_its_order() -> None:
    assert add_browser_address(), "this bench needs a network of its own"
    rows = run_with_a_browser("pop")

    assert [row.unit for row in rows] == ["ms"] * 7
    assert all(row.value > 0 for row in rows)


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_bench_of_the_ticket_list_opens_every_page() -> None:
    rows = run.run_all(["ticket_list"], size=SIZE, soak_seconds=0)

    assert [row.unit for row in rows] == ["ms", "ms", "ms", "ms", "plans", "s", "ms", "ms", "plans"]
    assert all(row.value > 0 for row in rows if row.unit != "plans")


def test_the_run_before_is_kept_beside_the_latest(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        row = at_most("a figure", value, "ms", goal=1.5, peer="another 3")
        run.write([row], size=1, load=(0.5, 0.4, 0.3), folder=tmp_path)

    def kept(name: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((tmp_path / name).read_text())["rows"][0]
        return found

    assert kept("latest.json") == {
        "name": "a figure",
        "value": 2.0,
        "unit": "ms",
        "peer": "another 3",
        "goal": "<= 1.5 ms",
        "ok": False,
    }
    assert kept("previous.json")["ok"] is True


def test_a_table_marks_what_missed_its_goal() -> None:
    shown = table([at_least("fast", 9, "x/s", goal=5), at_least("slow", 1, "x/s", goal=5)])

    assert [line[:2] for line in shown.splitlines()] == ["  ", "ok", "NO"]
    assert table([Row(name="plain", value=1, unit="s")]).split()[-3:] == ["plain", "1.0", "s"]


def test_a_quantile_of_nothing_is_no_number() -> None:
    assert math.isnan(quantile([], 0.5))
    assert quantile([3, 1, 2], 0.5) == 2


@pytest.mark.parametrize(("said", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("2h", 7200)])
def test_a_soak_lasts_as_long_as_is_said(said: str, seconds: float) -> None:
    assert run.seconds_of(said) == seconds


def test_a_duration_nobody_understands_is_refused() -> None:
    with pytest.raises(ValueError, match="two hours"):
        run.seconds_of("two hours")
