"""What every kind of dated rule refuses."""

from app.core.errors import Conflict, Invalid


class ChangesThePast(Invalid):
    """What held yesterday held: a change begins now or later."""

    code = "changes-the-past"


class HasEntriesBelow(Conflict):
    """What stands below it in the list holds on: end that first."""

    code = "has-entries-below"
