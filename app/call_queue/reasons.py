"""Which reasons may be given for a pause and for what is done at another's desk; what is agreed."""

from collections.abc import Sequence
from datetime import timedelta

from app.rules import code_register
from app.rules.code_lists import Code, CodeList


def chosen_reasons() -> Sequence[Code]:
    """Return the reasons that may be given today, in the order of the screens."""
    return code_register.codes_now(CodeList.BREAK)


def is_chosen(reason: str | None) -> bool:
    """Say whether somebody may give this reason today."""
    return reason in {each.code for each in chosen_reasons()}


def forcing_reasons() -> Sequence[Code]:
    """Return why somebody may set another person's state today, in the order of the screens."""
    return code_register.codes_now(CodeList.FORCED)


def is_for_forcing(code: str) -> bool:
    """Say whether another person's state may be set for this reason today."""
    return code in {each.code for each in forcing_reasons()}


def freeing_reasons() -> Sequence[Code]:
    """Return why a call may be taken back from a phone that rings, in the order of the screens."""
    return code_register.codes_now(CodeList.FREED)


def is_for_freeing(code: str) -> bool:
    """Say whether a call may be taken back for this reason today."""
    return code in {each.code for each in freeing_reasons()}


def agreed_length(reason: str | None) -> timedelta | None:
    """Return after how long a supervisor is told; None: for this reason never."""
    minutes = {each.code: each.words.minutes for each in chosen_reasons()}.get(reason or "")
    return timedelta(minutes=minutes) if minutes else None
