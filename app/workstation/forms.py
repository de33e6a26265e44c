"""What agents type at the desk."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, Form, IntegerField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, NumberRange, Optional, ValidationError

from app.core.forms import at_most
from app.core.phone_numbers import normalise
from app.tickets.service import EnquiryResult, RequestType, Urgency

LONGEST_TEXT = 5000
"""Characters of a note or of a ticket's content. More is refused, and stays on the page."""
LARGEST_ID = 2**31 - 1


def _strip(text: object) -> object:
    return text.strip() if isinstance(text, str) else text


def is_filled() -> DataRequired:
    """Make a validator: something must be left of this field when the blanks around it are gone."""
    return DataRequired(message=lazy_gettext("form.needed"))


class WholeNumberField(IntegerField):
    """An id; what is none is refused in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the id."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(lazy_gettext("form.not-offered")) from why


class EnquiryForm(Form):
    """A call answered at once (the words of domain rules 1.3, 1.5)."""

    result = RadioField(
        choices=[each.value for each in EnquiryResult],  # type: ignore[misc]  # older stubs
        default="",
        validate_choice=False,  # in our own words, below
    )
    category_code = StringField(filters=[_strip], validators=[at_most(8)])
    article_id = WholeNumberField(
        validators=[
            Optional(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )
    told_where = StringField(filters=[_strip], validators=[at_most(200)])
    note = StringField(filters=[_strip], validators=[at_most(LONGEST_TEXT)])
    caller_name = StringField(filters=[_strip], validators=[at_most(40)])

    def validate_result(self, field: RadioField) -> None:
        """How the call ended must be said."""
        if not field.data:
            raise ValidationError(lazy_gettext("form.needed"))
        if field.data not in set(EnquiryResult):
            raise ValidationError(lazy_gettext("form.not-offered"))

    def validate_category_code(self, field: StringField) -> None:
        """What it was about must be said, unless there was no demand at all."""
        has_demand = self.result.data not in {EnquiryResult.NO_DEMAND, EnquiryResult.MALICIOUS}
        if has_demand and not field.data:
            raise ValidationError(lazy_gettext("form.needed"))

    def validate_told_where(self, field: StringField) -> None:
        """A caller who was sent elsewhere was told where."""
        if self.result.data == EnquiryResult.TOLD_WHERE and not field.data:
            raise ValidationError(lazy_gettext("form.needed"))


class TicketForm(Form):
    """A demand that a unit must handle (domain rules 2.1, the fields needed on first contact)."""

    request_type = StringField(
        validators=[
            is_filled(),
            AnyOf([each.value for each in RequestType], message=lazy_gettext("form.not-offered")),
        ]
    )
    title = StringField(filters=[_strip], validators=[is_filled(), at_most(50)])
    content = StringField(filters=[_strip], validators=[is_filled(), at_most(LONGEST_TEXT)])
    category_code = StringField(filters=[_strip], validators=[is_filled(), at_most(8)])
    county_code = StringField(filters=[_strip], validators=[is_filled(), at_most(16)])
    town_code = StringField(filters=[_strip], validators=[at_most(16)])
    address = StringField(filters=[_strip], validators=[at_most(200)])
    caller_name = StringField(filters=[_strip], validators=[at_most(40)])
    contact_number = StringField(filters=[_strip], validators=[at_most(32)])
    urgency = StringField(
        default=Urgency.NORMAL.value,
        validators=[
            AnyOf([each.value for each in Urgency], message=lazy_gettext("form.not-offered"))
        ],
    )
    is_confidential = BooleanField(false_values=(False, "false", "False", "", "0", "no", "off"))

    def validate_contact_number(self, field: StringField) -> None:
        """A number that cannot be dialled is no way to bring the answer."""
        if field.data and len(normalise(field.data).lstrip("+")) < 3:
            raise ValidationError(lazy_gettext("form.no-phone-number"))


class GoalForm(Form):
    """To whom: a colleague's work number, an entry of the directory, or a number typed."""

    kind = StringField(
        validators=[
            is_filled(),
            AnyOf(["colleague", "entry", "number"], message=lazy_gettext("form.not-offered")),
        ]
    )
    to = StringField(filters=[_strip], validators=[is_filled(), at_most(32)])
    summary = StringField(filters=[_strip], validators=[at_most(500)])


class SwitchForm(Form):
    """On or off, said in words: a toggle sent twice would mean something else."""

    is_on = StringField(
        validators=[
            is_filled(),
            AnyOf(["True", "False"], message=lazy_gettext("form.not-offered")),
        ]
    )


class DigitsForm(Form):
    """Keys to press."""

    digits = StringField(validators=[is_filled(), at_most(32)])


class CallOutForm(Form):
    """Whom to call, and the public number he is shown; empty: the hotline's own.

    Whom: a number, or the caller of a call (`of_call`), whose number stays masked on the page.
    """

    number = StringField(filters=[_strip], validators=[at_most(32)])
    of_call = WholeNumberField(
        validators=[
            Optional(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )
    shown_number = StringField(filters=[_strip], validators=[at_most(16)])

    def validate_number(self, field: StringField) -> None:
        """One of the two must be said."""
        if not field.data and not self.of_call.raw_data:
            raise ValidationError(lazy_gettext("form.needed"))


class SupervisionForm(Form):
    """How to take part."""

    mode = StringField(
        validators=[
            is_filled(),
            AnyOf(["listen", "whisper", "barge"], message=lazy_gettext("form.not-offered")),
        ]
    )
