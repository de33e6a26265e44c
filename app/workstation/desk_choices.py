"""What one person may choose for his own desk: keys, loudness, text size, notices. Pure.

`single_keys`: whether `?` and digits alone do something; WCAG 2.1.4 wants a way to switch that off.

Which acts there are, and which chords a browser keeps for itself, is known in the page; here stands
what a row may hold at all, so that no page is ever handed something it cannot read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

TEXT_SIZES: Final = ("normal", "large", "larger")
MOST_KEYS: Final = 60
DEFAULTS: Final[Mapping[str, Any]] = {
    "keys": {},
    "volume": 60,
    "text_size": "normal",
    "notices": True,
    "single_keys": True,
}

_ACT = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
_KEY = r"(?:Key[A-Z]|Digit[0-9]|Numpad[0-9]|F[1-9]|F1[0-2]|Enter|Slash|Period|Comma|Arrow[A-Z]\w+)"
_CHORD = re.compile(
    rf"(?:(?:Ctrl\+Shift\+|Ctrl\+Alt\+|Alt\+Shift\+|Ctrl\+|Alt\+){_KEY}|F[1-9]|F1[0-2])", re.ASCII
)


def read_choices(asked: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the choices that can be kept, over the defaults, and the names of those that cannot.

    A key is a chord: with Ctrl or Alt, or a function key. Single letters are what people type.
    """
    kept = dict(DEFAULTS)
    wrong = [name for name in asked if name not in DEFAULTS]
    for name, given in asked.items():
        if name in DEFAULTS and _READERS[name](given):
            kept[name] = given
        elif name in DEFAULTS:
            wrong.append(name)
    return kept, sorted(wrong)


def _are_keys(given: Any) -> bool:
    if not isinstance(given, dict) or len(given) > MOST_KEYS:
        return False
    chords = list(given.values())
    if not all(isinstance(chord, str) and _CHORD.fullmatch(chord) for chord in chords):
        return False
    return len(set(chords)) == len(chords) and all(_ACT.fullmatch(act) for act in given)


def _is_volume(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 100


def _is_text_size(given: Any) -> bool:
    return given in TEXT_SIZES


def _is_switch(given: Any) -> bool:
    return isinstance(given, bool)


_READERS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "keys": _are_keys,
    "volume": _is_volume,
    "text_size": _is_text_size,
    "notices": _is_switch,
    "single_keys": _is_switch,
}
