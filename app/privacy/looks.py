"""What counts as one look at personal data. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ONE_LOOK = timedelta(minutes=1)
"""A page that is loaded again within this time is the same look."""


class SubjectKind(StrEnum):
    """Whose data it is."""

    TICKET = "ticket"
    CALLER = "caller"
    CALL = "call"


class Deed(StrEnum):
    """What was done with it."""

    OPENED = "opened"
    PLAYED = "played"
    PRINTED = "printed"
    EXPORTED = "exported"
    UNMASKED = "unmasked"


ALWAYS_COUNTED = frozenset({Deed.UNMASKED, Deed.EXPORTED, Deed.PRINTED})
"""Each of these takes data out, and is a row of its own however quickly it is done again."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is looked at; `name` is what people call it, and holds nothing personal."""

    kind: SubjectKind
    id: int
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look, as far as it is compared with another of the same person at the same thing."""

    at: datetime
    deed: Deed
    is_unmasked: bool
    address: str


def is_same_look(before: Look | None, now: Look) -> bool:
    """Say whether a look is the one before it gone on: a reload within a minute.

    Seeing it unmasked, doing something else with it, or from another machine is another look.
    """
    if before is None or now.deed in ALWAYS_COUNTED:
        return False
    is_alike = (before.deed, before.is_unmasked, before.address) == (
        now.deed,
        now.is_unmasked,
        now.address,
    )
    return is_alike and now.at - before.at < ONE_LOOK
