"""What every kind of dated rule refuses."""

from app.core.errors import Invalid


class ChangesThePast(Invalid):
    """What held yesterday held: a change begins now or later."""

    code = "changes-the-past"
