"""What an auditor looks for."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from app.core.forms import at_most, plain


class DayField(DateField):
    """A day in the city; what is none is said in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("audit.not_a_day"))) from why


class SearchForm(FlaskForm):
    """Who, what, to what, and when. A search changes nothing, so it needs no token."""

    class Meta:
        """Without a token an address can be kept and sent on."""

        csrf = False

    person = StringField(lazy_gettext("audit.actor"), filters=[plain], validators=[at_most(64)])
    kind = SelectField(lazy_gettext("audit.deed"), default="", validate_choice=True)
    thing = StringField(lazy_gettext("audit.subject"), filters=[plain], validators=[at_most(64)])
    since = DayField(lazy_gettext("audit.since"), validators=[Optional()])
    until = DayField(lazy_gettext("audit.until"), validators=[Optional()])


class ExportForm(FlaskForm):
    """Only the token."""
