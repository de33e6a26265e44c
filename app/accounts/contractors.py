"""Who works for a contractor, and what the dated rule keeps from him (domain rule R28)."""

from app.accounts.models import User
from app.accounts.refusals import RoleNotForOutsourced
from app.core import clock
from app.core.permissions import NOT_FOR_CONTRACTORS, TABLE, Permission, Role, held_by
from app.rules import rule_register


def is_barred(role: Role, *, is_outsourced: bool) -> bool:
    """Say whether this person handles, judges and closes nothing, whatever the role would let him.

    An outsourced agent never does; for him the rule need not be read at each request.
    """
    if role is Role.OUTSOURCED_AGENT:
        return True
    return is_outsourced and bars_now()


def bars_now() -> bool:
    """Say whether the rule holds now."""
    return rule_register.read_book().bars_outsourced(clock.now())


def check_role(role: Role, *, is_outsourced: bool) -> bool:
    """Return whether he counts as outsourced; an outsourced agent always does.

    Raises RoleNotForOutsourced for a role by which he would handle, judge or close matters.
    """
    if is_outsourced and role in barred_roles() and bars_now():
        raise RoleNotForOutsourced(field="role")
    return is_outsourced or role is Role.OUTSOURCED_AGENT


def barred_roles() -> frozenset[Role]:
    """Return the roles that nobody of a contractor can have while the rule holds."""
    return frozenset(role for role in Role if TABLE[role] & NOT_FOR_CONTRACTORS)


def roles_barred_now() -> frozenset[Role]:
    """Return the same, or none while the city lets roles decide."""
    return barred_roles() if bars_now() else frozenset()


def permissions_of(user: User) -> frozenset[Permission]:
    """Return what a person may do at all."""
    barred = is_barred(user.role, is_outsourced=user.is_outsourced)
    return held_by(user.role, is_outsourced=barred)
