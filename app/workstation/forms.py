"""What agents type at the desk."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, Form, IntegerField, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, NumberRange, Optional, ValidationError

from app.core.forms import at_most
from app.core.phone_numbers import normalise
from app.core.row_ids import LARGEST_ID
from app.privacy.levels import PrivacyLevel
from app.rules import type_register
from app.rules.type_natures import Nature
from app.tickets import enquiry_rules, ticket_elements
from app.tickets.credit_codes import is_credit_code, plain_code
from app.tickets.identity_numbers import is_right, plain_identity
from app.tickets.person_details import (
    AgeGroup,
    Gender,
    PersonDetails,
    PersonKind,
    SpecialGroup,
    read_amount,
    read_count,
)
from app.tickets.service import EnquiryResult, Urgency
from app.tickets.spots import (
    LONGEST_GRID,
    NOWHERE,
    CoordinatesSource,
    Spot,
    read_coordinates,
    spot_at,
)
from app.tickets.ticket_flags import LONGEST_CODE, MOST_TAGS, TicketFlag, words_in

LONGEST_TEXT = 5000
"""Characters of a note or of a ticket's content. More is refused, and stays on the page."""
LONGEST_ONCE = 40
MOST_DEMANDS = 6
"""Demands of one call that can be opened in one act."""
NO = (False, "false", "False", "", "0", "no", "off")


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


class YesOrNo(StrEnum):
    """A question that need not be asked: no answer is neither."""

    YES = "yes"
    NO = "no"


class EnquiryForm(Form):
    """A call answered at once; what it must carry stands in `app.tickets.enquiry_rules`."""

    once = StringField(validators=[at_most(LONGEST_ONCE)])
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
    exclusion_code = StringField(filters=[_strip], validators=[at_most(8)])
    told_where = StringField(filters=[_strip], validators=[at_most(200)])
    told_words = StringField(filters=[_strip], validators=[at_most(1000)])
    caller_objects = BooleanField(false_values=NO)
    was_warned = BooleanField(false_values=NO)
    transfer_to = StringField(filters=[_strip], validators=[at_most(100)])
    note = StringField(filters=[_strip], validators=[at_most(LONGEST_TEXT)])
    caller_name = StringField(filters=[_strip], validators=[at_most(40)])

    def validate_result(self, field: RadioField) -> None:
        """How the call ended must be said."""
        if not field.data:
            raise ValidationError(lazy_gettext("form.needed"))
        if field.data not in set(EnquiryResult):
            raise ValidationError(lazy_gettext("form.not-offered"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then what this result must carry."""
        is_right = super().validate(extra_validators)
        if self.result.data not in set(EnquiryResult):
            return is_right
        lacking = enquiry_rules.lacking(EnquiryResult(self.result.data), self.data)
        for group in lacking:
            key = "form.needed" if len(group) == 1 else "form.needed-article-or-note"
            _add_error(self[enquiry_rules.place_of(group)], key)
        return is_right and not lacking


def _add_error(field: Field, key: str) -> None:
    if not field.errors:
        field.errors = [str(lazy_gettext(key))]


def _urgency() -> StringField:
    offered = AnyOf([each.value for each in Urgency], message=lazy_gettext("form.not-offered"))
    return StringField(default=Urgency.NORMAL.value, validators=[offered])


class DemandForm(Form):
    """One demand of a ticket: what kind, what about, what is wanted, how much it hurries."""

    request_type = StringField(validators=[is_filled()])
    title = StringField(filters=[_strip], validators=[is_filled(), at_most(50)])
    content = StringField(filters=[_strip], validators=[is_filled(), at_most(LONGEST_TEXT)])
    category_code = StringField(filters=[_strip], validators=[is_filled(), at_most(8)])
    demand = StringField(filters=[_strip], validators=[at_most(500)])
    urgency = _urgency()
    urgency_reason = StringField(filters=[_strip], validators=[at_most(200)])

    def validate_request_type(self, field: StringField) -> None:
        """A type is one of the dictionary that holds; one that has ended is chosen anew."""
        if field.data not in type_register.offered_codes():
            raise ValidationError(lazy_gettext("form.not-offered"))

    @property
    def nature(self) -> Nature:
        """Return what the type that was chosen behaves like."""
        return type_register.nature_of(self.request_type.data or "")


def _one_of(kind: type[StrEnum]) -> StringField:
    offered = AnyOf(["", *kind], message=lazy_gettext("form.not-offered"))
    return StringField(default="", filters=[_strip], validators=[offered])


class PersonDetailsFields(Form):
    """Who asks and how far the matter goes (domain rules 2.1); everything may stay empty."""

    person_kind = _one_of(PersonKind)
    identity_number = StringField(filters=[_strip], validators=[at_most(40)])
    gender = _one_of(Gender)
    age_group = _one_of(AgeGroup)
    organisation_name = StringField(filters=[_strip], validators=[at_most(100)])
    credit_code = StringField(filters=[_strip], validators=[at_most(40)])
    special_group = _one_of(SpecialGroup)
    callback_wanted = _one_of(YesOrNo)
    best_time = StringField(filters=[_strip], validators=[at_most(60)])
    consent_public = _one_of(YesOrNo)
    people_count = StringField(filters=[_strip], validators=[at_most(12)])
    amount = StringField(filters=[_strip], validators=[at_most(24)])

    def validate_identity_number(self, field: StringField) -> None:
        """A number that its own check sign or day of birth contradicts was misheard."""
        if field.data and not is_right(plain_identity(field.data)):
            raise ValidationError(lazy_gettext("form.identity-number-wrong"))

    def validate_credit_code(self, field: StringField) -> None:
        """A code that its own check sign contradicts was misheard; and a person has none."""
        if not field.data:
            return
        if not is_credit_code(plain_code(field.data)):
            raise ValidationError(lazy_gettext("form.credit-code-wrong"))
        if self.person_kind.data == PersonKind.INDIVIDUAL:
            raise ValidationError(lazy_gettext("form.credit-code-of-a-person"))

    def validate_people_count(self, field: StringField) -> None:
        """How many people are concerned is a number."""
        if field.data and read_count(field.data) is None:
            raise ValidationError(lazy_gettext("form.no-count"))

    def validate_amount(self, field: StringField) -> None:
        """A sum is a number of yuan."""
        if field.data and read_amount(field.data) is None:
            raise ValidationError(lazy_gettext("form.no-amount"))

    def details(self) -> PersonDetails:
        """Return what was said. Call it only after the form has validated."""
        kind, group = self.person_kind.data, self.special_group.data
        return PersonDetails(
            person_kind=PersonKind(kind) if kind else None,
            identity_number=plain_identity(self.identity_number.data or ""),
            gender=Gender(self.gender.data) if self.gender.data else None,
            age_group=AgeGroup(self.age_group.data) if self.age_group.data else None,
            organisation_name=self.organisation_name.data or "",
            credit_code=plain_code(self.credit_code.data or ""),
            special_group=SpecialGroup(group) if group else None,
            callback_wanted=_said(self.callback_wanted.data),
            best_time=self.best_time.data or "",
            consent_public=_said(self.consent_public.data),
            people_count=read_count(self.people_count.data or ""),
            amount=read_amount(self.amount.data or ""),
        )


class SpotFields(Form):
    """Where exactly it is (domain rules 2.1); everything may stay empty."""

    grid = StringField(filters=[_strip], validators=[at_most(LONGEST_GRID)])
    coordinates = StringField(filters=[_strip], validators=[at_most(60)])
    coordinates_source = _one_of(CoordinatesSource)

    def validate_coordinates(self, field: StringField) -> None:
        """A point lies in the city; one outside was misheard."""
        if field.data and read_coordinates(field.data) is None:
            raise ValidationError(lazy_gettext("form.no-coordinates"))

    def validate_coordinates_source(self, field: StringField) -> None:
        """Coordinates that nobody can say the source of lead people astray."""
        if self.coordinates.data and not field.data:
            raise ValidationError(lazy_gettext("form.needed"))

    def spot(self) -> Spot:
        """Return the point that was said. Call it only after the form has validated."""
        source = self.coordinates_source.data
        if not (source and self.coordinates.data):
            return NOWHERE
        return spot_at(self.coordinates.data, CoordinatesSource(source))


def _said(answer: str | None) -> bool | None:
    return {YesOrNo.YES: True, YesOrNo.NO: False}.get(YesOrNo(answer)) if answer else None


class MarkFields(Form):
    """Flags, and tags of the city's list; several codes with blanks between (`words_in`)."""

    flags = StringField(filters=[_strip], validators=[at_most(64)])
    tags = StringField(filters=[_strip], validators=[at_most((LONGEST_CODE + 1) * MOST_TAGS)])

    def validate_flags(self, field: StringField) -> None:
        """A flag is one of those that the form offers."""
        if not set(words_in(field.data or "")) <= set(TicketFlag):
            raise ValidationError(lazy_gettext("form.not-offered"))


class FurtherDemandForm(DemandForm):
    """A second demand of the same caller in the same call: a ticket of its own."""

    def validate_demand(self, field: StringField) -> None:
        """What is wanted must be said where this kind of request needs it."""
        needed = ticket_elements.NEEDED[self.nature]
        if ticket_elements.Element.DEMAND in needed and not field.data:
            raise ValidationError(lazy_gettext("form.needed"))


class TicketForm(PersonDetailsFields, SpotFields, MarkFields, DemandForm):
    """A demand that a unit must handle: five elements, and the details that some demands need."""

    once = StringField(validators=[at_most(LONGEST_ONCE)])
    reserved_number = StringField(filters=[_strip], validators=[at_most(24)])
    county_code = StringField(filters=[_strip], validators=[is_filled(), at_most(16)])
    town_code = StringField(filters=[_strip], validators=[at_most(16)])
    address = StringField(filters=[_strip], validators=[at_most(200)])
    occurred = StringField(filters=[_strip], validators=[at_most(100)])
    respondent = StringField(filters=[_strip], validators=[at_most(100)])
    caller_name = StringField(filters=[_strip], validators=[at_most(40)])
    contact_number = StringField(filters=[_strip], validators=[at_most(32)])
    # A page of yesterday's program, or a draft kept in a browser since, knows two levels only.
    is_confidential = BooleanField(false_values=NO)
    privacy = StringField(
        default=PrivacyLevel.ORDINARY.value,
        validators=[
            AnyOf([each.value for each in PrivacyLevel], message=lazy_gettext("form.not-offered"))
        ],
    )
    is_anonymous = BooleanField(false_values=NO)
    respondent_unit_id = WholeNumberField(
        validators=[
            Optional(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )
    # The entry of the gazetteer that was taken for the address; one that does not fit it is none.
    place_id = WholeNumberField(
        validators=[
            Optional(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )

    def validate_contact_number(self, field: StringField) -> None:
        """A number that cannot be dialled is no way to bring the answer."""
        if field.data and len(normalise(field.data).lstrip("+")) < 3:
            raise ValidationError(lazy_gettext("form.no-phone-number"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then the elements that this kind of request needs."""
        is_right = super().validate(extra_validators)
        if self.request_type.errors:
            return is_right
        lacking = ticket_elements.lacking(self.nature, self.data)
        for element in lacking:
            _add_error(self[element.value], "form.needed")
        return is_right and not lacking


class SameMatterForm(Form):
    """The ticket that is there already, and what the caller adds to it."""

    ticket_id = WholeNumberField(
        validators=[
            is_filled(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )
    note = StringField(filters=[_strip], validators=[at_most(LONGEST_TEXT)])


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


def _of_something() -> WholeNumberField:
    return WholeNumberField(
        validators=[
            Optional(),
            NumberRange(min=1, max=LARGEST_ID, message=lazy_gettext("form.not-offered")),
        ]
    )


class CallOutForm(Form):
    """Whom to call, and the public number he is shown; empty: the hotline's own.

    Whom: a number typed, or what has a number that stays masked on the page: the caller of a call,
    the contact of a ticket, a number of a person, an entry of the directory.
    """

    number = StringField(filters=[_strip], validators=[at_most(32)])
    of_call = _of_something()
    of_ticket = _of_something()
    of_number = _of_something()
    of_entry = StringField(filters=[_strip], validators=[at_most(32)])
    shown_number = StringField(filters=[_strip], validators=[at_most(16)])

    def validate_number(self, field: StringField) -> None:
        """One of them must be said."""
        others = (self.of_call, self.of_ticket, self.of_number, self.of_entry)
        if not field.data and not any(each.raw_data for each in others):
            raise ValidationError(lazy_gettext("form.needed"))


class SupervisionForm(Form):
    """How to take part."""

    mode = StringField(
        validators=[
            is_filled(),
            AnyOf(["listen", "whisper", "barge"], message=lazy_gettext("form.not-offered")),
        ]
    )
