"""Facts about who read results."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ResultsListed(Event):
    """Somebody looked through results; `asked` names by what, never the words that were typed."""

    name: ClassVar[str] = "results.listed"
    listed_by: int
    asked: str
    shown: int


@dataclass(frozen=True, kw_only=True)
class ResultRead(Event):
    """Somebody read the result of one case."""

    name: ClassVar[str] = "results.read"
    ticket_id: int
    number: str
    read_by: int
