"""What is sent from pages of figures."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField

from app.core.forms import MomentField, TickField, at_most, is_filled, is_needed, plain


class ActForm(FlaskForm):
    """Only the token."""


class FormulaForm(FlaskForm):
    """What a formula divides by what, and from which day on.

    Beside these fields each condition of the vocabulary has one for either part of the fraction:
    it must hold, must not hold, or is not asked for (`conditions_in`).
    """

    exclusions = TickField(lazy_gettext("figures.exclusions"))
    is_tiered = BooleanField(lazy_gettext("figures.is_tiered"))
    # of calls nobody is asked for it, and it stays as it was
    satisfied_from = SelectField(lazy_gettext("figures.satisfied_from"), coerce=int)
    valid_from = DateField(lazy_gettext("figures.valid_from"), validators=[is_needed()])
    basis = StringField(
        lazy_gettext("figures.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )


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
