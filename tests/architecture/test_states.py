"""Every state is an enum with a complete table of moves."""

import importlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.tree import files

MODULES = sorted(
    ".".join(path.with_suffix("").parts)
    for path in files("app", "knowledge_base")
    if path.stem.endswith("_states")
)
# A table of more than two columns has a file of its own, which says what may follow what as well.
TABLE_ELSEWHERE = {"app.tickets.ticket_states": "app.tickets.ticket_moves"}
# What a thing was found to be, not what it goes through.
FINDINGS = {"RecordingState"}


def tables_of(module: ModuleType) -> list[Mapping[StrEnum, frozenset[StrEnum]]]:
    place = TABLE_ELSEWHERE.get(module.__name__, module.__name__)
    return [
        value
        for name, value in vars(importlib.import_module(place)).items()
        if name.endswith("MOVES") and isinstance(value, Mapping)
    ]


def states_of(module: ModuleType) -> list[type[StrEnum]]:
    return [
        value
        for name, value in vars(module).items()
        if name.endswith("State") and isinstance(value, type) and issubclass(value, StrEnum)
    ]


@pytest.mark.parametrize("name", MODULES)
def test_every_state_has_its_line_in_a_table_of_moves(name: str) -> None:
    module = importlib.import_module(name)

    for states in states_of(module):
        matching = [table for table in tables_of(module) if set(table) == set(states)]
        assert len(matching) == 1, states
        [table] = matching
        assert frozenset[StrEnum]().union(*table.values()) <= set(states)


@pytest.mark.parametrize("name", MODULES)
def test_no_state_is_a_dead_end_by_accident_and_none_is_out_of_reach(name: str) -> None:
    module = importlib.import_module(name)

    for table in tables_of(module):
        first = next(iter(table))
        reached, waiting = {first}, [first]
        while waiting:
            for state in table[waiting.pop()] - reached:
                reached.add(state)
                waiting.append(state)
        assert reached == set(table), f"{set(table) - reached} cannot be reached from {first}"


@pytest.mark.parametrize("path", files("app", "knowledge_base"), ids=str)
def test_states_stand_in_files_of_states(path: Path) -> None:
    if path.stem.endswith("_states"):
        return

    declared = {
        line.split("(")[0].removeprefix("class ")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("class ") and "State(StrEnum)" in line
    }
    assert declared - FINDINGS == set()
