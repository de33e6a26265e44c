"""What a page sends, made safe to keep. Pure.

Two things can be typed, pasted or cut in half that no database and no answer can carry: a zero
character (PostgreSQL refuses it) and half of a surrogate pair, which a page makes when it cuts an
emoji at its length limit (UTF-8 refuses it, and every later picture of the desk with it).
"""

from collections.abc import Mapping
from typing import Any


def carried(value: Any) -> Any:
    """Return the JSON value with every text in it such that it can be saved and sent."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [carried(each) for each in value]
    if isinstance(value, dict):
        return {_text(name): carried(each) for name, each in value.items()}
    return value


def plain_fields(asked: Mapping[str, Any]) -> dict[str, str]:
    """Return the filled fields of a form as text; one that is no plain value is left out."""
    return {
        name: str(value)
        for name, value in asked.items()
        if isinstance(value, str | int | float)  # bool is an int
    }


def odd_fields(asked: Mapping[str, Any]) -> list[str]:
    """Name the fields that hold a list or an object where a plain value belongs."""
    return [name for name, value in asked.items() if isinstance(value, list | dict)]


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
