"""What a person may choose for his desk, and what no row may hold."""

from typing import Any

import pytest

from app.workstation.desk_choices import DEFAULTS, read_choices


@pytest.mark.parametrize(
    "asked",
    [
        {"keys": {"hold": "Ctrl+Shift+KeyH", "record": "F2"}},
        {"keys": {"hold": "Alt+KeyJ"}},
        {"volume": 0},
        {"text_size": "larger", "notices": False, "single_keys": False},
    ],
)
def test_what_is_offered_is_kept_over_the_defaults(asked: dict[str, Any]) -> None:
    assert read_choices(asked) == ({**DEFAULTS, **asked}, [])


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"keys": {"hold": "KeyH"}}, "keys"),
        ({"keys": {"hold": "Ctrl+Shift+KeyH", "mute": "Ctrl+Shift+KeyH"}}, "keys"),
        ({"keys": {"<b>": "F2"}}, "keys"),
        ({"keys": ["F2"]}, "keys"),
        ({"volume": 101}, "volume"),
        ({"volume": True}, "volume"),
        ({"text_size": "huge"}, "text_size"),
        ({"notices": "yes"}, "notices"),
        ({"single_keys": 0}, "single_keys"),
        ({"colour": "pink"}, "colour"),
    ],
)
def test_what_is_not_offered_is_named_and_not_kept(asked: dict[str, Any], wrong: str) -> None:
    kept, named = read_choices(asked)

    assert (kept, named) == (dict(DEFAULTS), [wrong])
