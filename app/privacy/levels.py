"""How much of a caller each reader sees of a ticket: one table, and nothing beside it. Pure.

Domain rules 1.13 know three levels: open (公开), ordinary (一般: numbers masked) and confidential
(保密: the handling unit gets neither name, number nor address, and reaches the caller through the
hotline only). What is written here holds for pages, lists, exports, look-ups, facts and logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class PrivacyLevel(StrEnum):
    """What was promised to the caller."""

    OPEN = "open"
    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"


class Capacity(StrEnum):
    """As what somebody reads a ticket."""

    OWN = "own"  # its first contact, who wrote it down
    HOTLINE = "hotline"  # leads, dispatches, visits: may read what is confidential
    COLLEAGUE = "colleague"  # of the hotline, without that right
    UNIT = "unit"  # handles it
    LEADER = "leader"  # reads results
    CHANNEL = "channel"  # a unit that entered it on a sub-account
    OUTSIDER = "outsider"  # a citizen who looks up progress by number and check code


class Shown(StrEnum):
    """How one field is shown."""

    WHOLE = "whole"
    MASKED = "masked"
    HIDDEN = "hidden"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """How each part of a ticket is shown; `text` is title, content and the other sentences.

    The number of the identity card (`identity`) is whole for nobody without a reason.
    """

    name: Shown
    number: Shown
    address: Shown
    text: Shown
    identity: Shown


W, M, H = Shown.WHOLE, Shown.MASKED, Shown.HIDDEN
UNCOVERED = Sight(name=W, number=W, address=W, text=W, identity=W)
ALL_WHOLE = Sight(name=W, number=W, address=W, text=W, identity=M)
OWN_WORDS = Sight(name=W, number=M, address=W, text=W, identity=M)
FOR_WORK = Sight(name=W, number=M, address=W, text=M, identity=M)
FROM_AFAR = Sight(name=M, number=M, address=W, text=M, identity=H)
NOTHING_OF_HIM = Sight(name=H, number=H, address=H, text=H, identity=H)

TABLE: Mapping[tuple[PrivacyLevel, Capacity], Sight | None] = {
    (PrivacyLevel.OPEN, Capacity.OWN): ALL_WHOLE,
    (PrivacyLevel.OPEN, Capacity.HOTLINE): ALL_WHOLE,
    (PrivacyLevel.OPEN, Capacity.COLLEAGUE): FROM_AFAR,
    (PrivacyLevel.OPEN, Capacity.UNIT): ALL_WHOLE,
    (PrivacyLevel.OPEN, Capacity.LEADER): FROM_AFAR,
    (PrivacyLevel.OPEN, Capacity.CHANNEL): FROM_AFAR,
    (PrivacyLevel.OPEN, Capacity.OUTSIDER): NOTHING_OF_HIM,
    (PrivacyLevel.ORDINARY, Capacity.OWN): OWN_WORDS,
    (PrivacyLevel.ORDINARY, Capacity.HOTLINE): FOR_WORK,
    (PrivacyLevel.ORDINARY, Capacity.COLLEAGUE): FROM_AFAR,
    (PrivacyLevel.ORDINARY, Capacity.UNIT): FOR_WORK,
    (PrivacyLevel.ORDINARY, Capacity.LEADER): FROM_AFAR,
    (PrivacyLevel.ORDINARY, Capacity.CHANNEL): FROM_AFAR,
    (PrivacyLevel.ORDINARY, Capacity.OUTSIDER): NOTHING_OF_HIM,
    (PrivacyLevel.CONFIDENTIAL, Capacity.OWN): OWN_WORDS,
    (PrivacyLevel.CONFIDENTIAL, Capacity.HOTLINE): NOTHING_OF_HIM,
    (PrivacyLevel.CONFIDENTIAL, Capacity.UNIT): NOTHING_OF_HIM,
    (PrivacyLevel.CONFIDENTIAL, Capacity.OUTSIDER): NOTHING_OF_HIM,
    # Not theirs to open: for them there is no such ticket.
    (PrivacyLevel.CONFIDENTIAL, Capacity.COLLEAGUE): None,
    (PrivacyLevel.CONFIDENTIAL, Capacity.LEADER): None,
    (PrivacyLevel.CONFIDENTIAL, Capacity.CHANNEL): None,
}

MAY_UNMASK = frozenset({Capacity.OWN, Capacity.HOTLINE, Capacity.COLLEAGUE})
"""Units, leaders, channels and outsiders are never shown what the table hides from them."""


def sight_of(
    level: PrivacyLevel, capacity: Capacity, *, is_unmasked: bool = False, in_list: bool = False
) -> Sight | None:
    """Return how a reader sees a ticket of this level; None: he does not see that there is one.

    `is_unmasked`: he gave a reason and its time is not over (`app.privacy.unmasking`). A list shows
    no number whole and no card at all, whatever was promised, and is never unmasked.
    """
    sight = TABLE[level, capacity]
    if sight is None:
        return None
    if in_list:
        number = M if sight.number is W else sight.number
        text = M if sight.text is W else sight.text
        return replace(sight, number=number, text=text, identity=H)
    return UNCOVERED if is_unmasked and capacity in MAY_UNMASK else sight


def stricter(one: PrivacyLevel, other: PrivacyLevel) -> PrivacyLevel:
    """Return the level that shows less: of tickets that become one, the stricter promise holds."""
    order = list(PrivacyLevel)
    return max(one, other, key=order.index)
