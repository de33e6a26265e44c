"""Facts about units."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class LiaisonNoted(Event):
    """The register of liaison persons was changed; `act`: added, changed, ended or filed."""

    name: ClassVar[str] = "liaison.noted"
    liaison_id: int
    unit_id: int
    act: str
    by: int
