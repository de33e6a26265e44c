"""The fields of a case that few cases need: who asks, and where exactly it is."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from app.channel_entries.demand_form import perhaps, text_field
from app.tickets.person_details import AgeGroup, Gender
from app.tickets.spots import LONGEST_GRID, coordinates_text, read_coordinates

DETAILS = ("gender", "age_group", "grid", "coordinates")
"""Their names, as on the page and in a draft."""


class DetailFields(FlaskForm):
    """What is folded away until something of it is said."""

    gender = perhaps("tickets.gender", "tickets.gender_", Gender)
    age_group = perhaps("tickets.age_group", "tickets.age_", AgeGroup)
    grid = text_field("tickets.grid", LONGEST_GRID)
    coordinates = text_field("tickets.coordinates", 60)

    def validate_coordinates(self, field: StringField) -> None:
        """A point lies in the city; one outside was misread."""
        if field.data and read_coordinates(field.data) is None:
            raise ValidationError(lazy_gettext("form.no-coordinates"))


def details_in(form: Any) -> dict[str, Any]:
    """Return what a form says of them, by the names that a case has for it."""
    read = read_coordinates(form.coordinates.data or "")
    return {
        "gender": Gender(form.gender.data) if form.gender.data else None,
        "age_group": AgeGroup(form.age_group.data) if form.age_group.data else None,
        "grid": form.grid.data or "",
        "coordinates": coordinates_text(*read) if read else "",
    }
