"""Decides by which way whoever wrote to us is answered. Pure.

A conversation goes on where it began. Only who wrote to a mailbox or on a site and left nothing but
a mobile number, or nothing but an address, is answered there.
"""

from collections.abc import Mapping

from app.channel_entries.channel_states import ChannelKind
from app.core.phone_numbers import MOBILE, normalise
from app.notifications.occasions import Way

WAYS: Mapping[ChannelKind, Way] = {
    ChannelKind.SMS: Way.SMS,
    ChannelKind.WECHAT: Way.IM,
    ChannelKind.MINI_PROGRAMME: Way.IM,
    ChannelKind.APP: Way.IM,
}


def way_of(kind: ChannelKind, sender: str) -> Way:
    """Return by which way this sender is answered."""
    if kind in WAYS:
        return WAYS[kind]
    if "@" in sender.strip("@"):
        return Way.EMAIL
    return Way.SMS if MOBILE.fullmatch(normalise(sender)) else Way.SITE
