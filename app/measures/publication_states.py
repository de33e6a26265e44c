"""How figures get published: reckoned, shown to the units, objected to, decided, frozen. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from app.core.errors import Conflict


class ReportState(StrEnum):
    """Where a report of figures stands."""

    DRAFT = "draft"  # 草稿
    OPEN = "open"  # 异议期
    PUBLISHED = "published"  # 已发布


MOVES: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.DRAFT: frozenset({ReportState.OPEN}),
    # Taken back by hand or by an accepted objection, it is reckoned anew and opened again.
    ReportState.OPEN: frozenset({ReportState.DRAFT, ReportState.PUBLISHED}),
    ReportState.PUBLISHED: frozenset(),
}


class StillOpen(Conflict):
    """Units may object until `until`."""

    code = "figures-still-open"


class ObjectionsUndecided(Conflict):
    """So many objections have no decision yet."""

    code = "figures-objections-undecided"


class NotOpen(Conflict):
    """The report is not open for objections, or its time has passed."""

    code = "figures-not-open"


def check_publishable(until: datetime | None, decided: Iterable[bool], *, now: datetime) -> None:
    """Raise StillOpen or ObjectionsUndecided while a unit may still be right."""
    if until is None or now < until:
        raise StillOpen(until=until.isoformat() if until else "")
    undecided = sum(not each for each in decided)
    if undecided:
        raise ObjectionsUndecided(count=undecided)


def check_may_object(state: ReportState, until: datetime | None, *, now: datetime) -> None:
    """Raise NotOpen unless objections are taken now."""
    if state is not ReportState.OPEN or until is None or now >= until:
        raise NotOpen
