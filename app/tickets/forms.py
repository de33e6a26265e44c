"""Forms of the ticket page."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from app.core.forms import at_most, choice, is_filled, plain
from app.tickets.outside_kinds import OutsideKind


class OutsideNumberForm(FlaskForm):
    """What another system calls a ticket."""

    kind = SelectField(
        lazy_gettext("tickets.outside_kind"),
        choices=[
            choice(each.value, lazy_gettext(f"tickets.outside_{each.value}"))
            for each in OutsideKind
        ],
    )
    number = StringField(
        lazy_gettext("tickets.outside_number"),
        filters=[plain],
        validators=[is_filled(), at_most(64)],
    )
