"""What a result must hold before it may be handed in. Pure.

A citizen who was "not reached" was called, so often as the rule says, by calls that the platform
itself carried; anybody could write that he did not answer.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import Conflict, Invalid

SHORTEST_REPLY = 10
"""Characters: shorter ones answer nothing."""
LONGEST_REPLY = 5_000
TOLD_IF_NEEDED = ("measures", "legal_basis")
"""Fields of a result that a dated rule of the city makes needed (`result.<name>`)."""
FEWEST_SIGNS = 6
"""Different characters: one word again and again answers nothing."""


class ReplyTooShort(Invalid):
    """The public reply is what the citizen reads; a few characters answer nothing."""

    code = "reply-too-short"


class ReplySaysNothing(Invalid):
    """The same few characters again and again."""

    code = "reply-says-nothing"


class ReplyTooLong(Invalid):
    """The public reply is for reading; what is longer belongs into an attachment."""

    code = "reply-too-long"


class NotReachedUnproven(Conflict):
    """He counts as not reached after so many calls of the platform: `needed`, `made`."""

    code = "not-reached-unproven"


class NoContactYet(Conflict):
    """Before the result the citizen is spoken with, or tried."""

    code = "no-contact-yet"


class UnsolvedNeedsReason(Invalid):
    """What is not solved has a reason that the citizen may read."""

    code = "unsolved-needs-reason"


class ResultTellsTooLittle(Invalid):
    """By a rule of the city such a result says what was done, or by which law."""

    code = "result-tells-too-little"


@dataclass(frozen=True, kw_only=True)
class Tries:
    """How often the citizen was called about it in this round."""

    reached: int
    tried_by_platform: int
    may_be_called: bool  # there is a number, and he did not stay anonymous


def check_contact(tries: Tries, *, needed: int) -> None:
    """Refuse a result nobody spoke with the citizen about; raises NoContactYet, NotReached…."""
    if tries.reached or not tries.may_be_called:
        return
    if tries.tried_by_platform == 0:
        raise NoContactYet(field="contact")
    if tries.tried_by_platform < needed:
        raise NotReachedUnproven(field="contact", needed=needed, made=tries.tried_by_platform)


def check_told(told: Mapping[str, str], needed: Mapping[str, bool]) -> None:
    """Refuse a result that leaves out what a rule asks for; raises ResultTellsTooLittle."""
    for name in TOLD_IF_NEEDED:
        if needed[name] and not told[name].strip():
            raise ResultTellsTooLittle(field=name)


def check_reply(public_reply: str) -> None:
    """Refuse a reply that cannot be one; raises ReplyTooShort, ReplySaysNothing, ReplyTooLong."""
    said = bare(public_reply)
    if len(said) < SHORTEST_REPLY:
        raise ReplyTooShort(field="public_reply", shortest=SHORTEST_REPLY)
    if len(set(said)) < FEWEST_SIGNS:
        raise ReplySaysNothing(field="public_reply")
    if len(public_reply) > LONGEST_REPLY:
        raise ReplyTooLong(field="public_reply", longest=LONGEST_REPLY)


def bare(text: str) -> str:
    """Return what is left of a text without signs, spaces, figures and width: what it says.

    Two replies are copies of each other when this is the same; dates and names of days change.
    Figures are left out in either script.
    """
    words = re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(each for each in words if unicodedata.numeric(each, None) is None)
