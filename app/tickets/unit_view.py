"""What the handling unit reads of a confidential ticket: nothing that leads to the caller. Pure.

Domain rules 1.13: name, number and address are hidden from the unit, and the text is looked through
for what gives the caller away (`app.privacy.personal_traces`).
"""

from app.callers.shown_names import spellings_of
from app.privacy.personal_traces import hidden_in


def hidden_in_text(text: str, *, caller_name: str = "") -> str:
    """Return the text with numbers, cards, plates, flats, accounts and the caller's name hidden."""
    return hidden_in(text, names=spellings_of(caller_name))
