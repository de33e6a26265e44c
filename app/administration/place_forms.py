"""Forms of the gazetteer."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import FloatField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from app.core.forms import at_most, choice, is_filled, is_needed, plain
from app.organisation.place_words import LONGEST_NAME, MOST_OTHER_NAMES, PlaceKind


class DegreeField(FloatField):
    """Degrees as a decimal number; what is none is said in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("numbers.not_a_number"))) from why


class PlaceForm(FlaskForm):
    """What is said of a place. Where it lies is one choice: a town always with its county."""

    seen = HiddenField()
    kind = SelectField(
        lazy_gettext("places.kind"),
        choices=[
            choice(each.value, lazy_gettext(f"places.kind_{each.value}")) for each in PlaceKind
        ],
    )
    name = StringField(
        lazy_gettext("places.name"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    other_names = StringField(
        lazy_gettext("places.other_names"), filters=[plain], validators=[at_most(500)]
    )
    region = SelectField(lazy_gettext("places.region"), validators=[is_needed()])
    address = StringField(
        lazy_gettext("places.address"), filters=[plain], validators=[at_most(200)]
    )
    latitude = DegreeField(lazy_gettext("places.latitude"), validators=[Optional()])
    longitude = DegreeField(lazy_gettext("places.longitude"), validators=[Optional()])

    def validate_name(self, field: StringField) -> None:
        """One sign names nothing that could be searched."""
        if len(field.data or "") < 2:
            raise ValidationError(lazy_gettext("places.fault_short"))

    def validate_other_names(self, field: StringField) -> None:
        """A place has a few other names, and none is longer than its own may be."""
        names = (field.data or "").split("\u3001")
        if len(names) > MOST_OTHER_NAMES or any(len(each) > LONGEST_NAME for each in names):
            raise ValidationError(lazy_gettext("places.fault_other_names", most=MOST_OTHER_NAMES))


class PlacesFileForm(FlaskForm):
    """A file of places."""

    sheet = FileField(
        lazy_gettext("places.file"),
        validators=[FileRequired(message=lazy_gettext("form.needed"))],
        render_kw={"accept": ".csv,text/csv"},
    )


class PlacesTextForm(FlaskForm):
    """A file that was looked at and is to be taken over."""

    text = TextAreaField(validators=[is_needed()])
