"""What is sent from pages of figures."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField

from app.core.forms import MomentField, at_most, is_filled, is_needed, plain


class ActForm(FlaskForm):
    """Only the token."""


class OpenForm(FlaskForm):
    """Until when units may object."""

    until = MomentField(lazy_gettext("figures.until"), validators=[is_needed()])


class ObjectionForm(FlaskForm):
    """Which figure a unit objects to, and why."""

    formula = SelectField(lazy_gettext("figures.formula"), validators=[is_needed()])
    text = TextAreaField(
        lazy_gettext("figures.objection"), filters=[plain], validators=[is_filled(), at_most(1000)]
    )


class DecisionForm(FlaskForm):
    """What an objection is answered."""

    text = TextAreaField(
        lazy_gettext("figures.decision"), filters=[plain], validators=[is_filled(), at_most(1000)]
    )
