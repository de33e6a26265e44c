"""What the handling unit reads of a confidential ticket: nothing that leads to the caller. Pure.

Domain rules 1.13: name, number and address are hidden from the unit, and the text is looked through
for what gives the caller away (a screenshot of an order reached the neighbour it was about).
"""

import re

from app.core.phone_numbers import mask_in_text

STARS = "***"
# An identity card (17 digits and a check sign), a plate (province, letter, five or six signs).
_TRACES = re.compile(
    r"(?<!\d)\d{17}[\dXx](?!\d)|[\u4e00-\u9fff][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
# A flat: building, unit, room.
_ROOM = re.compile(r"\d+\s*[栋幢座]|\d+\s*单元|\d+\s*[室房]")


def hidden_in_text(text: str, *, caller_name: str = "") -> str:
    """Return the text with telephone numbers, cards, plates, flats and the caller's name hidden."""
    hidden = _ROOM.sub(STARS, _TRACES.sub(STARS, mask_in_text(text)))
    name = caller_name.strip()
    # One character (a family name alone) is part of too many words.
    return hidden.replace(name, STARS) if len(name) > 1 else hidden


def shown_title(title: str, *, caller_name: str, is_confidential: bool) -> str:
    """Return a title as lists and files show it: no number, and of a confidential one no trace."""
    return (
        hidden_in_text(title, caller_name=caller_name) if is_confidential else mask_in_text(title)
    )
