"""The form of a demand that did not come by telephone, and what it says."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.channel_entries.case_words import numbered
from app.core.errors import Refusal
from app.core.forms import at_most, choice, is_filled, looks_like, plain, tell
from app.tickets import promises
from app.tickets.matter_choices import offered_categories, offered_places, read_place
from app.tickets.person_details import PersonKind
from app.tickets.ticket_states import Urgency
from app.tickets.type_names import offered_types, type_name_on_page

LONGEST_TITLE = 50
LONGEST_TEXT = 5000
CONTACT = r"\+?[0-9][0-9 -]{2,30}"


def text_field(key: str, length: int, *, needed: bool = False) -> StringField:
    """Make a line of text."""
    checks = [is_filled()] if needed else [Optional()]
    return StringField(lazy_gettext(key), filters=[plain], validators=[*checks, at_most(length)])


def area_field(key: str, length: int, *, needed: bool = False) -> TextAreaField:
    """Make a text of several lines."""
    checks = [is_filled()] if needed else [Optional()]
    return TextAreaField(lazy_gettext(key), filters=[plain], validators=[*checks, at_most(length)])


def perhaps(key: str, prefix: str, kind: type[StrEnum]) -> SelectField:
    """Make a choice that need not be made."""
    offered = [choice(str(each), lazy_gettext(f"{prefix}{each}")) for each in kind]
    nothing = choice("", lazy_gettext("tickets.not_said"))
    return SelectField(lazy_gettext(key), choices=[nothing, *offered], default="")


class DemandForm(FlaskForm):
    """What a person asks for, as it is typed in for him; everything may still be missing."""

    request_type = SelectField(lazy_gettext("tickets.request_type"), validate_choice=True)
    title = text_field("tickets.subject", LONGEST_TITLE)
    content = area_field("tickets.content", LONGEST_TEXT)
    demand = area_field("tickets.demand", 500)
    category_code = SelectField(lazy_gettext("tickets.category"), validate_choice=True)
    place = SelectField(lazy_gettext("entries.place"), validate_choice=True)
    address = text_field("entries.address", 200)
    occurred = text_field("tickets.occurred", 100)
    respondent = text_field("tickets.respondent", 100)
    caller_name = text_field("entries.caller_name", 40)
    person_kind = perhaps("tickets.person_kind", "tickets.person_", PersonKind)
    contact_number = StringField(
        lazy_gettext("entries.contact_number"),
        filters=[plain, numbered],
        validators=[Optional(), at_most(32), looks_like(CONTACT, "people.fault_contact_number")],
    )
    urgency = SelectField(
        lazy_gettext("entries.urgency"),
        choices=[choice(str(each), lazy_gettext(f"entries.urgency_{each}")) for each in Urgency],
    )
    urgency_reason = text_field("tickets.urgency_reason", 200)
    is_confidential = BooleanField(lazy_gettext("tickets.confidential"))


def with_choices(form: Any, *, has_type: str = "") -> Any:
    """Give a form the types, categories and places that hold now.

    `has_type`: what is corrected is of that type and may stay so, also when it has ended.
    """
    nothing = choice("", gettext("entries.choose"))
    types = offered_types()
    if has_type and has_type not in types:
        types[has_type] = type_name_on_page(has_type)
    form.request_type.choices = [choice(*each) for each in types.items()]
    categories, places = offered_categories(), offered_places()
    form.category_code.choices = [nothing, *(choice(*each) for each in categories.items())]
    form.place.choices = [nothing, *(choice(*each) for each in places.items())]
    return form


def demand_in(form: Any) -> dict[str, Any]:
    """Return what a form says of a demand, by the names that a new ticket has for it."""
    county, town = read_place(form.place.data or "")
    texts = (
        "title", "content", "demand", "category_code", "address", "occurred", "respondent",
        "caller_name", "contact_number", "urgency_reason",
    )  # fmt: skip
    request_type = form.request_type.data or ""
    return {
        **{name: getattr(form, name).data or "" for name in texts},
        "request_type": request_type,
        "urgency": Urgency(form.urgency.data),
        "is_confidential": (
            bool(form.is_confidential.data) or promises.is_secret_by_type(request_type)
        ),
        "county_code": county,
        "town_code": town,
    }


def person_kind_in(form: Any) -> PersonKind | None:
    """Return whether a person asks for himself or for an organisation; None: it was not said."""
    return PersonKind(form.person_kind.data) if form.person_kind.data else None


def tell_at_place(form: Any, refusal: Refusal) -> None:
    """Say a refusal beside its field; one of county or town at the field that holds both."""
    tell(form, refusal)
    if refusal.field in {"county_code", "town_code"} and form.form_errors:
        form.place.errors = [*form.place.errors, form.form_errors.pop()]
