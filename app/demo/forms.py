"""Forms of the simulator panel."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from app.core.forms import at_most, is_filled, is_needed, looks_like, plain

LONGEST_TALK = 300  # a simulated talk sounds for as long at most
LONGEST_PATIENCE = 1800
MOST_AT_ONCE = 20
RAREST = 600


def between(low: int, high: int) -> NumberRange:
    """Make a validator: a whole number from `low` to `high`."""
    return NumberRange(
        min=low, max=high, message=lazy_gettext("simulator.out_of_range", low=low, high=high)
    )


class WholeNumberField(IntegerField):
    """A whole number; what is none is said in the reader's language."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("simulator.not_a_number"))) from why


def one_of_the_lines(_form: Any, field: SelectField) -> None:
    """Check the choice; what is none is said in the reader's language."""
    if field.data not in {choice[0] for choice in field.choices or []}:
        raise ValidationError(str(lazy_gettext("simulator.no_such_line")))


class PlaceCallForm(FlaskForm):
    """Somebody calls."""

    exchange_id = HiddenField()
    dialled = SelectField(
        lazy_gettext("simulator.dialled"), validate_choice=False, validators=[one_of_the_lines]
    )
    from_number = StringField(
        lazy_gettext("simulator.from_number"),
        filters=[lambda text: text.strip() if text else text],
        validators=[Optional(), looks_like(r"\+?[0-9]{3,16}", "simulator.bad_number")],
    )
    is_withheld = BooleanField(lazy_gettext("simulator.is_withheld"))
    patience = WholeNumberField(
        lazy_gettext("simulator.patience"),
        default=90,
        validators=[is_needed(), between(5, LONGEST_PATIENCE)],
    )
    talk_seconds = WholeNumberField(
        lazy_gettext("simulator.talk_seconds"),
        default=120,
        validators=[is_needed(), between(5, LONGEST_TALK)],
    )
    count = WholeNumberField(
        lazy_gettext("simulator.count"),
        default=1,
        validators=[is_needed(), between(1, MOST_AT_ONCE)],
    )


class TrafficForm(FlaskForm):
    """Calls that arrive by themselves."""

    exchange_id = HiddenField()
    is_on = BooleanField(lazy_gettext("simulator.traffic_on"))
    every = WholeNumberField(
        lazy_gettext("simulator.every"),
        default=20,
        validators=[is_needed(), between(2, RAREST)],
    )


class HangUpForm(FlaskForm):
    """One caller hangs up."""

    exchange_id = HiddenField()
    call_key = HiddenField(validators=[is_needed()])


class MessageForm(FlaskForm):
    """Somebody writes to a channel."""

    channel = SelectField(lazy_gettext("texts.channel"))
    sender = StringField(
        lazy_gettext("texts.sender"), filters=[plain], validators=[is_filled(), at_most(128)]
    )
    text = TextAreaField(lazy_gettext("texts.text"), filters=[plain], validators=[at_most(5000)])
    key = StringField(lazy_gettext("texts.message_key"), filters=[plain], validators=[at_most(64)])
