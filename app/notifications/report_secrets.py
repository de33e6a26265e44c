"""The secrets with which carriers sign what they report of messages later."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReportSecrets:
    """The secret of each way's carrier; a way without one takes no report."""

    by_way: Mapping[str, str] = field(repr=False)

    def of(self, way: str) -> str:
        """Return the secret of a way's carrier, or ""."""
        return self.by_way.get(way, "")
