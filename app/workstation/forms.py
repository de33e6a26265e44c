"""What agents type at the desk."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, Form, IntegerField, RadioField, StringField
from wtforms.validators import AnyOf, NumberRange, Optional, ValidationError

from app.core.forms import at_most, is_needed
from app.core.phone_numbers import normalise
from app.tickets.service import EnquiryResult, RequestType, Urgency

LONGEST_TEXT = 5000
"""Characters of a note or of a ticket's content. More is refused, and stays on the page."""
LARGEST_ID = 2**31 - 1


def _strip(text: object) -> object:
    return text.strip() if isinstance(text, str) else text


class EnquiryForm(Form):
    """A call answered at once (the words of domain rules 1.3, 1.5)."""

    result = RadioField(
        choices=[each.value for each in EnquiryResult],  # type: ignore[misc]  # older stubs
        default="",
    )
    category_code = StringField(filters=[_strip], validators=[at_most(8)])
    article_id = IntegerField(
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
            is_needed(),
            AnyOf([each.value for each in RequestType], message=lazy_gettext("form.not-offered")),
        ]
    )
    title = StringField(filters=[_strip], validators=[is_needed(), at_most(50)])
    content = StringField(filters=[_strip], validators=[is_needed(), at_most(LONGEST_TEXT)])
    category_code = StringField(filters=[_strip], validators=[is_needed(), at_most(8)])
    county_code = StringField(filters=[_strip], validators=[is_needed(), at_most(16)])
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
