"""`make bench`: every figure in one table and in instance/bench/latest.json (docs/bench.md).

Runs in a network of its own, as root, because Asterisk and sipp do.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from app.core import clock
from tests.bed.bed import add_browser_address
from tests.bench import (
    ami_speed,
    burst,
    call_cost,
    desk_page,
    pop_visible,
    recorded_calls,
    rehearsal,
    ring_latency,
    routing_speed,
    screens,
    soak,
    statements,
    ticket_list,
)
from tests.bench.rows import Row, table

SOAK_SECONDS = 60.0
UNITS = {"s": 1, "m": 60, "h": 3600}
RESULTS = Path(__file__).resolve().parents[2] / "instance" / "bench"


def benches(soak_seconds: float) -> dict[str, Callable[[float, Path], list[Row]]]:
    """Return the benches by name, in their order; each takes a size and a folder."""
    return {
        "ami": lambda size, _work: ami_speed.run(size),
        "statements": statements.run,
        "call_cost": call_cost.run,
        "routing": routing_speed.run,
        "ring": ring_latency.run,
        "rehearsal": rehearsal.run,
        "burst": burst.run,
        "recorded": recorded_calls.run,
        "screens": screens.run,
        "desk": desk_page.run,
        "pop": pop_visible.run,
        "ticket_list": ticket_list.run,
        "soak": lambda size, work: soak.run(soak_seconds * size, work),
    }


def seconds_of(text: str) -> float:
    """Read 90, 90s, 10m or 2h; raises ValueError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if found is None:
        raise ValueError(f"not a duration: {text}")
    return float(found[1]) * UNITS[found[2] or "s"]


def run_all(names: list[str], *, size: float, soak_seconds: float) -> list[Row]:
    """Run these benches one after another."""
    chosen = benches(soak_seconds)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        for name in names or list(chosen):
            print(f"--- {name}", file=sys.stderr, flush=True)  # noqa: T201 - what is under way
            found = chosen[name](size, Path(folder))
            print(table(found), file=sys.stderr, flush=True)  # noqa: T201 - what is done stays told
            rows += found
    return rows


def write(rows: list[Row], *, size: float, load: tuple[float, ...], folder: Path = RESULTS) -> Path:
    """Keep the rows; those of the run before stay beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    latest = folder / "latest.json"
    if latest.exists():
        latest.replace(folder / "previous.json")
    said = {
        "at": clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        "size": size,
        "cores": os.cpu_count(),
        "load_before": [round(one, 2) for one in load],
        "load_after": [round(one, 2) for one in os.getloadavg()],
        "rows": [row.as_json() for row in rows],
    }
    latest.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return latest


def main() -> int:
    """Run what is asked for; exit code 1 when a goal was missed at full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="all without any")
    parser.add_argument("--size", type=float, default=1.0, help="1 is full size")
    parser.add_argument("--soak", type=seconds_of, default=SOAK_SECONDS, help="90s, 10m, 2h")
    arguments = parser.parse_args()
    if not add_browser_address():
        command = [sys.executable, "-m", "tests.bench.run", *sys.argv[1:]]
        os.execvp("unshare", ["unshare", "-n", "--", *command])  # noqa: S606 - our own words
    load = os.getloadavg()
    rows = run_all(arguments.names, size=arguments.size, soak_seconds=arguments.soak)
    kept = write(rows, size=arguments.size, load=load)
    print(table(rows), f"\n{kept}", sep="\n")  # noqa: T201 - this is the command's answer
    return 1 if arguments.size >= 1 and any(row.ok is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
