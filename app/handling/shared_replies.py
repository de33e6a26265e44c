"""What the caller of a follower may be told of its master's reply. Pure.

Two promises meet in one reply: the follower's and the master's. The stricter one holds, and nobody
learns from it who asked beside him (domain rules 1.13). Every reader of such a reply asks here.
"""

from typing import Protocol

from app.privacy.levels import PrivacyLevel, stricter
from app.tickets.unit_view import hidden_in_text


class Promised(Protocol):
    """A ticket, as far as its promise goes."""

    @property
    def privacy(self) -> PrivacyLevel:
        """What was promised to its caller."""

    @property
    def caller_name(self) -> str:
        """Who must not be named to others."""


def may_be_told(follower: Promised, master: Promised) -> bool:
    """Say whether anything of the master's reply reaches this follower's caller."""
    return stricter(follower.privacy, master.privacy) is not PrivacyLevel.CONFIDENTIAL


def told(reply: str, follower: Promised, master: Promised) -> str:
    """Return the master's reply as this follower's caller may have it; "" where he may not."""
    if not may_be_told(follower, master):
        return ""
    return hidden_in_text(reply, caller_name=master.caller_name)
