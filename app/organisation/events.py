"""What happens to the gazetteer, and to the register of liaison persons."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PlaceAdded(Event):
    """The gazetteer has one place more."""

    name: ClassVar[str] = "place.added"
    place_id: int
    place: str
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceChanged(Event):
    """Something else is said of a place; `fields` names what differs."""

    name: ClassVar[str] = "place.changed"
    place_id: int
    place: str
    fields: str
    changed_by: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceRetired(Event):
    """A place is offered no more."""

    name: ClassVar[str] = "place.retired"
    place_id: int
    place: str
    retired_by: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceRestored(Event):
    """A retired place is offered again."""

    name: ClassVar[str] = "place.restored"
    place_id: int
    place: str
    restored_by: int | None


@dataclass(frozen=True, kw_only=True)
class PlacesImported(Event):
    """A file of places was taken over."""

    name: ClassVar[str] = "place.imported"
    added: int
    changed: int
    imported_by: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceProposalRejected(Event):
    """An address that finished tickets taught is no place of the gazetteer."""

    name: ClassVar[str] = "place.proposal_rejected"
    proposal_id: int
    place: str
    rejected_by: int | None


@dataclass(frozen=True, kw_only=True)
class LiaisonNoted(Event):
    """The register of liaison persons was changed; `act`: added, changed, ended or filed."""

    name: ClassVar[str] = "liaison.noted"
    liaison_id: int
    unit_id: int
    act: str
    by: int
