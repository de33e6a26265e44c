"""What a proof of who somebody is consists of, and what it leads to. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class SignInStep(StrEnum):
    """Where a person stands after a proof."""

    IN = "in"
    CODE_NEEDED = "code_needed"
    REFUSED = "refused"
    LOCKED = "locked"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A password that was compared; `new_hash` replaces one made with older parameters."""

    user_id: int | None
    work_number: str
    is_right: bool
    new_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignInAnswer:
    """What the page does next. `minutes` says how long a lock still holds, rounded up."""

    step: SignInStep
    user_id: int | None = None
    minutes: int = 0
