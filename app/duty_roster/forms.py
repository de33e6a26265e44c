"""Forms of the duty roster."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from app.core.forms import MomentField, at_most, choice, is_filled, is_needed, looks_like, plain
from app.duty_roster.roster_rules import DutyPart


class ActForm(FlaskForm):
    """One act by one button: only the token."""


class DutyPersonForm(FlaskForm):
    """Somebody whom a unit puts on duty."""

    name = StringField(
        lazy_gettext("roster.name"), filters=[plain], validators=[is_filled(), at_most(40)]
    )
    number = StringField(
        lazy_gettext("roster.number"),
        filters=[plain],
        validators=[
            Optional(),
            at_most(32),
            looks_like(r"\+?[0-9][0-9 -]{2,30}", "people.fault_contact_number"),
        ],
    )
    email = StringField(
        lazy_gettext("roster.email"),
        filters=[plain],
        validators=[
            Optional(),
            at_most(128),
            looks_like(r"[^@\s]+@[^@\s]+\.[^@\s]+", "roster.fault_email"),
        ],
    )


class DutyForm(FlaskForm):
    """One person on duty from a moment until another."""

    person_id = SelectField(lazy_gettext("roster.person"), coerce=int)
    part = SelectField(
        lazy_gettext("roster.part"),
        choices=[choice(each.value, lazy_gettext(f"roster.part_{each}")) for each in DutyPart],
    )
    begins_at = MomentField(lazy_gettext("roster.begins_at"), validators=[is_needed()])
    ends_at = MomentField(lazy_gettext("roster.ends_at"), validators=[is_needed()])
