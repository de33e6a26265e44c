"""What of an order becomes part of a dial string or a name on the node: checked, or refused."""

import re

from telephony.control_orders import Target, TargetKind
from telephony.port import ExchangeRefused

_PHONE = re.compile(r"^\d{2,12}$")
_NUMBER = re.compile(r"^\+?\d{3,20}$")
_KEY = re.compile(r"^[0-9a-z][0-9a-zA-Z.-]*$")


def checked_phone(phone: str) -> str:
    """Return a phone of ours as it is dialled; refuses anything else."""
    if not _PHONE.match(phone):
        raise ExchangeRefused("phone-unreachable", is_retryable=False, detail="not a phone number")
    return phone


def checked_target(target: Target) -> Target:
    """Refuse what is neither a phone nor a number: it becomes part of a dial string."""
    if target.kind is TargetKind.PHONE:
        checked_phone(target.address)
    elif not _NUMBER.match(target.address):
        raise refused("not a number")
    if target.fallback_number and not _NUMBER.match(target.fallback_number):
        raise refused("not a number to fall back on")
    if target.shown_number and not _NUMBER.match(target.shown_number):
        raise refused("not a number to show")
    return target


def checked_key(call_key: str) -> str:
    """Return a name that we chose for a call; refuses what a dialplan could misread."""
    if not _KEY.match(call_key):
        raise refused("not a name that a call can have here")
    return call_key


def refused(why: str) -> ExchangeRefused:
    """Return the refusal of something that this node will never do."""
    return ExchangeRefused("refused", is_retryable=False, detail=why)
