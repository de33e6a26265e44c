"""Values that the factory hands down to the rooms: one of a kind for each app.

Rooms do not read settings. They ask for the small value they need, which the factory made from the
settings; a test hands down another one.
"""

from typing import TypeVar

from flask import Flask, current_app

T = TypeVar("T")

_PLACE = "hotline.handed_down"


def hand_down(app: Flask, value: object) -> None:
    """Give the app's rooms a value; a later one of the same kind takes its place."""
    app.extensions.setdefault(_PLACE, {})[type(value)] = value


def given(kind: type[T]) -> T:
    """Return the value of this kind; raises KeyError when the factory gave none."""
    value: T = current_app.extensions[_PLACE][kind]
    return value
