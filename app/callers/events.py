"""Facts about people who call."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CallerRestricted(Event):
    """A number that misused the hotline stands behind the others for a time."""

    name: ClassVar[str] = "caller.restricted"
    restriction_id: int
    number: str
    until: datetime
    put_by: int | None


@dataclass(frozen=True, kw_only=True)
class CallerRestrictionLifted(Event):
    """A mark against a number was taken away before its time."""

    name: ClassVar[str] = "caller.restriction_lifted"
    restriction_id: int
    number: str
    lifted_by: int | None


@dataclass(frozen=True, kw_only=True)
class MisuseMarked(Event):
    """An agent says that a call misused the hotline."""

    name: ClassVar[str] = "caller.misuse_marked"
    mark_id: int
    call_id: int
    marked_by: int


@dataclass(frozen=True, kw_only=True)
class MisuseDecided(Event):
    """A shift leader confirmed or dismissed a mark."""

    name: ClassVar[str] = "caller.misuse_decided"
    mark_id: int
    call_id: int
    decision: str
    decided_by: int


@dataclass(frozen=True, kw_only=True)
class EvidenceTaken(Event):
    """A case of misuse was taken out as a file, for an authority.

    `reference` is the authority's own number, empty where it gave none; `sha256` is the file's.
    """

    name: ClassVar[str] = "caller.evidence_taken"
    mark_id: int
    reason: str
    reference: str
    sha256: str
    files: int
    taken_by: int


@dataclass(frozen=True, kw_only=True)
class AppealReceived(Event):
    """Somebody appeals against a restriction."""

    name: ClassVar[str] = "caller.appeal_received"
    appeal_id: int
    restriction_id: int
    received_by: int


@dataclass(frozen=True, kw_only=True)
class AppealDecided(Event):
    """An appeal against a restriction was granted or refused."""

    name: ClassVar[str] = "caller.appeal_decided"
    appeal_id: int
    restriction_id: int
    decision: str
    decided_by: int


@dataclass(frozen=True, kw_only=True)
class CallersMerged(Event):
    """Two persons turned out to be one; somebody decided it."""

    name: ClassVar[str] = "caller.merged"
    change_id: int
    caller_id: int
    other_id: int
    reason: str
    merged_by: int


@dataclass(frozen=True, kw_only=True)
class CallerSplit(Event):
    """One person turned out to be two; somebody decided it."""

    name: ClassVar[str] = "caller.split"
    change_id: int
    caller_id: int
    other_id: int
    reason: str
    split_by: int


@dataclass(frozen=True, kw_only=True)
class CallerChangeUndone(Event):
    """A merge or a split was taken back."""

    name: ClassVar[str] = "caller.change_undone"
    change_id: int
    caller_id: int
    other_id: int
    undone_by: int


@dataclass(frozen=True, kw_only=True)
class CallerEdited(Event):
    """What is noted of a person was changed; `fields` names what, never the words themselves."""

    name: ClassVar[str] = "caller.edited"
    caller_id: int
    fields: str
    edited_by: int


@dataclass(frozen=True, kw_only=True)
class CallerNumberAdded(Event):
    """A number was given to a person by hand."""

    name: ClassVar[str] = "caller.number_added"
    caller_id: int
    number: str
    added_by: int


@dataclass(frozen=True, kw_only=True)
class CallerNumberRemoved(Event):
    """A number that was not this person's was taken away from him."""

    name: ClassVar[str] = "caller.number_removed"
    caller_id: int
    number: str
    removed_by: int


@dataclass(frozen=True, kw_only=True)
class CallerForgotten(Event):
    """A person's data was erased because he asked for it."""

    name: ClassVar[str] = "caller.forgotten"
    caller_id: int
    reason: str
    calls: int
    tickets: int
    recordings: int
    forgotten_by: int
