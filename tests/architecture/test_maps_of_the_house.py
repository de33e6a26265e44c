"""A map of the house shows every room, storey by storey as the contracts say."""

import re
import tomllib
from pathlib import Path

import pytest

MAPS = ("README.md", "README.zh-CN.md", "docs/map.md")
ROOM = re.compile(r"`(?:app/)?([a-z_]+)(?:\.py)?`")
NO_ROOMS = {"config", "wsgi"}


def storeys() -> list[list[str]]:
    """List the rooms of each storey from the door down to the foundation."""
    contracts = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    return [re.findall(r"(?:app\.)?([a-z_]+)(?: \||$)", layer) for layer in layers]


def rooms_on(name: str) -> list[str]:
    """List the rooms that the table of storeys names, from above to below."""
    blocks = Path(name).read_text(encoding="utf-8").split("\n\n")
    [table] = [block for block in blocks if block.startswith("|") and "app/factory.py" in block]
    named = [room for row in table.splitlines() for room in ROOM.findall(row.split("|")[2])]
    return [room for room in named if room not in NO_ROOMS]


@pytest.mark.parametrize("name", MAPS)
def test_a_map_shows_every_room_once(name: str) -> None:
    assert sorted(rooms_on(name)) == sorted(room for storey in storeys() for room in storey)


def test_the_map_has_the_storeys_in_the_order_of_the_contracts() -> None:
    level = {room: at for at, storey in enumerate(storeys()) for room in storey}

    levels = [level[room] for room in rooms_on("docs/map.md")]

    assert levels == sorted(levels)
