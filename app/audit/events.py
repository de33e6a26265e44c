"""What happens to the audit itself."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    """Lines of the audit left the house as a file."""

    name: ClassVar[str] = "audit.exported"
    lines: int
    exported_by: int
