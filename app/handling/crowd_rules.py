"""Decides when several callers speak of one matter at one place (domain rules 2.2: group signals).

Pure. Compared is within the same category and place: others speak of something else.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.tickets.likeness import Matter, likeness

ALIKE_ENOUGH = 0.4
"""With the same category and town: about a quarter of the words, or the same address."""
MOST_COMPARED = 300

Place = tuple[str, str, str]
"""A category, a county and a town: only there are matters compared."""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One ticket as a voice: whose it is, where and about what.

    `caller` names whoever asked without telling who he is; a ticket that others follow has all
    their callers. `can_follow`: it may be merged into another one; `can_lead`: others into it.
    """

    ticket_id: int
    version: int
    number: str
    title: str
    opened_at: datetime
    callers: frozenset[str]
    county_code: str
    matter: Matter
    is_master: bool
    can_follow: bool
    can_lead: bool = True


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Voices of one matter, the oldest first, and which of them the others might follow."""

    voices: tuple[Voice, ...]
    master: Voice

    @property
    def callers(self) -> int:
        """How many people speak."""
        return len(frozenset[str]().union(*(each.callers for each in self.voices)))

    @property
    def followers(self) -> list[Voice]:
        """Those that may follow the proposed master."""
        if not self.master.can_lead:
            return []
        return [each for each in self.voices if each is not self.master and each.can_follow]


def crowds(voices: Sequence[Voice], *, least: int) -> list[Crowd]:
    """Return the crowds of at least so many callers, the largest first.

    What is merged already needs no more: a crowd has somebody who could still follow.
    """
    found = [crowd_of(group) for group in groups_of(voices)]
    loud = [each for each in found if each.callers >= least and each.followers]
    return sorted(loud, key=lambda each: (-each.callers, each.voices[0].ticket_id))


def place_of(voice: Voice) -> Place:
    """Return within what a voice is compared."""
    return (voice.matter.category_code, voice.county_code, voice.matter.town_code)


def groups_of(voices: Sequence[Voice]) -> list[list[Voice]]:
    """Put together who speaks of one matter at one place, the oldest first; alone is a group too.

    Of a place the newest MOST_COMPARED are looked at.
    """
    places: dict[Place, list[Voice]] = defaultdict(list)
    for each in sorted(voices, key=lambda one: (one.opened_at, one.ticket_id)):
        places[place_of(each)].append(each)
    return [
        group for same_place in places.values() for group in _alike(same_place[-MOST_COMPARED:])
    ]


def crowd_of(group: Sequence[Voice]) -> Crowd:
    """Return a group as a crowd, with the voice that the others might follow."""
    return Crowd(voices=tuple(group), master=_master(group))


def _alike(voices: Sequence[Voice]) -> list[list[Voice]]:
    """Put each voice to the first group with one that it is like."""
    groups: list[list[Voice]] = []
    for each in voices:
        for group in groups:
            if any(likeness(each.matter, other.matter) >= ALIKE_ENOUGH for other in group):
                group.append(each)
                break
        else:
            groups.append([each])
    return groups


def _master(group: Sequence[Voice]) -> Voice:
    """Propose whom others follow already, else the oldest; of those that may be followed."""
    return max(
        group,
        key=lambda each: (each.can_lead, each.is_master, len(each.callers), -group.index(each)),
    )
