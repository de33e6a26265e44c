"""Whose numbers a ticket may carry besides its own (domain rules 2.1, 2.2). Pure."""

from enum import StrEnum

from app.core.errors import Conflict, Invalid, NotFound
from app.tickets.ticket_numbers import plain_number

MOST_NUMBERS = 20
SHORTEST = 3


class OutsideKind(StrEnum):
    """Who gave the number."""

    CITY = "city"
    PROVINCE = "province"
    SOURCE = "source"  # the channel it came through
    PREVIOUS = "previous"  # an earlier ticket about the same


class OutsideNumberThere(Conflict):
    """The ticket has this very number already."""

    code = "outside-number-there"


class TooManyOutsideNumbers(Conflict):
    """A ticket that went through so many systems is a mistake."""

    code = "outside-numbers-too-many"


class NoOutsideNumber(NotFound):
    """The ticket has no such number, or no longer."""

    code = "outside-number-not-found"


class UnfitOutsideNumber(Invalid):
    """A number needs at least three letters or digits."""

    code = "outside-number-unfit"


def searched_number(number: str) -> str:
    """Return a number as it is looked up. Raises UnfitOutsideNumber."""
    searched = plain_number(number)
    if sum(sign.isalnum() for sign in searched) < SHORTEST:
        raise UnfitOutsideNumber(field="number")
    return searched
