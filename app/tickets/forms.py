"""Forms of the ticket page and of the list of tickets."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Optional

from app.core.forms import MomentField, at_most, choice, is_filled, plain
from app.tickets.export_states import SheetKind
from app.tickets.holds import LONGEST_REASON
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


class ActForm(FlaskForm):
    """Only the token."""


class ViewForm(FlaskForm):
    """A choice of filters is kept under a name."""

    name = StringField(
        lazy_gettext("views.name"), filters=[plain], validators=[is_filled(), at_most(40)]
    )
    is_first = BooleanField(lazy_gettext("views.is_first"))
    is_shared = BooleanField(lazy_gettext("views.is_shared"))


class ExportForm(FlaskForm):
    """In which form a list is taken out."""

    kind = SelectField(
        lazy_gettext("exports.kind"), choices=[choice(each.value, each.value) for each in SheetKind]
    )


class HoldForm(FlaskForm):
    """Why a ticket is kept beyond its time, and until when; an empty moment: until it is lifted."""

    reason = StringField(
        lazy_gettext("hold.reason"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_REASON)],
    )
    until = MomentField(lazy_gettext("hold.until"), validators=[Optional()])


class LiftForm(FlaskForm):
    """Why time passes again."""

    reason = StringField(
        lazy_gettext("hold.lift_reason"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_REASON)],
    )
