"""The secrets with which the systems of channel units sign what they enter."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class InterfaceSecrets:
    """The secret of each channel, by its code; a channel without one has no interface."""

    by_channel: Mapping[str, str] = field(repr=False)

    def of(self, channel: str) -> str:
        """Return a channel's secret, or ""."""
        return self.by_channel.get(channel, "")
