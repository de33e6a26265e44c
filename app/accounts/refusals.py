"""What the accounts refuse, and why."""

from app.accounts.password_policy import Weakness
from app.core.errors import Conflict, Invalid


class WeakPassword(Invalid):
    """A new password breaks a rule; `code` says which."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(field="new_password")
        self.code = f"password-{weakness}"  # type: ignore[misc]  # one refusal, five sentences


class WrongPassword(Invalid):
    """The present password was asked again and is not right."""

    code = "password-wrong"


class WrongCode(Invalid):
    """The six digits are not right now, or were used before."""

    code = "code-wrong"


class SecondStepIsOn(Conflict):
    """There is a second step already; switch it off first."""

    code = "second-step-is-on"


class UnfitWorkNumber(Invalid):
    """A work number is typed at the sign-in and rung by exchanges: digits, not too many."""

    code = "work-number-unfit"


class NotYourself(Conflict):
    """An administrator may do this to others only: nobody locks himself out."""

    code = "not-yourself"


class RoleNotForOutsourced(Invalid):
    """Who works for a contractor answers calls; this role handles, judges or closes matters."""

    code = "role-not-for-outsourced"


class WorkNumberTaken(Conflict):
    """Somebody else has this work number."""

    code = "work-number-taken"
