"""The secrets with which the gateways of channels sign what they bring."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MessageSecrets:
    """The secret of each channel, by its code; what has none takes no message from outside."""

    by_channel: Mapping[str, str] = field(repr=False)

    def of(self, channel: str) -> str:
        """Return a channel's secret, or ""."""
        return self.by_channel.get(channel, "")
