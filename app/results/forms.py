"""What readers of results look for."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from app.core.forms import at_most, choice, plain
from app.tickets.list_wanted import DONE, OPEN
from app.tickets.ticket_states import TicketState


class DayField(DateField):
    """A day in the city; what is none is said in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("audit.not_a_day"))) from why


class SearchForm(FlaskForm):
    """A search changes nothing, so it needs no token and can be kept as an address."""

    class Meta:
        """Without a token."""

        csrf = False

    text = StringField(lazy_gettext("results.text"), filters=[plain], validators=[at_most(50)])
    channel = SelectField(lazy_gettext("entries.channel"), default="")
    request_type = SelectField(lazy_gettext("tickets.request_type"), default="")
    county_code = SelectField(lazy_gettext("results.region"), default="")
    state = SelectField(
        lazy_gettext("tickets.state"),
        default="",
        choices=[
            choice("", lazy_gettext("administration.all")),
            choice(OPEN, lazy_gettext("results.state_open")),
            choice(DONE, lazy_gettext("results.state_done")),
            *(choice(str(each), lazy_gettext(f"tickets.state_{each}")) for each in TicketState),
        ],
    )
    since = DayField(lazy_gettext("audit.since"), validators=[Optional()])
    until = DayField(lazy_gettext("audit.until"), validators=[Optional()])

    def validate_until(self, field: DayField) -> None:
        """Say that the days are the wrong way round, instead of finding nothing."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(str(lazy_gettext("results.until_before_since")))
