"""What a channel is, how it is folded in, how what reaches it comes to us. Pure."""

from enum import StrEnum


class ChannelKind(StrEnum):
    """What sort of channel it is (domain rules 2.6)."""

    NUMBER = "number"
    SITE = "site"
    MAILBOX = "mailbox"
    LEADER_MAILBOX = "leader_mailbox"
    WECHAT = "wechat"
    MINI_PROGRAMME = "mini_programme"
    APP = "app"
    SMS = "sms"
    WINDOW = "window"
    LETTER = "letter"
    PLATFORM = "platform"


class ChannelMode(StrEnum):
    """How a channel is folded in; the first three are those of the numbers (domain rules 1.1)."""

    MERGED = "merged"
    PARALLEL = "parallel"  # its door stays, its work is the hotline's
    SUB_CENTRE = "sub_centre"  # door and people stay, under the shared standard
    UNDECIDED = "undecided"


class WayIn(StrEnum):
    """How what reaches a channel comes to us (domain rules 1.1, S3)."""

    FORM = "form"
    SHEET = "sheet"
    INTERFACE = "interface"


class ChannelState(StrEnum):
    """Where a channel stands; nothing is entered for one that is not in use."""

    PLANNED = "planned"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


CHANNEL_MOVES: dict[ChannelState, frozenset[ChannelState]] = {
    ChannelState.PLANNED: frozenset({ChannelState.ACTIVE, ChannelState.CLOSED}),
    ChannelState.ACTIVE: frozenset({ChannelState.SUSPENDED, ChannelState.CLOSED}),
    ChannelState.SUSPENDED: frozenset({ChannelState.ACTIVE, ChannelState.CLOSED}),
    ChannelState.CLOSED: frozenset({ChannelState.ACTIVE}),
}
"""What may follow what; a channel that was closed by mistake may be opened again."""
