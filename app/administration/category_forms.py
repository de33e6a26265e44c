"""Forms of the categories of matters."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from app.administration.forms import LONGEST_NAME
from app.core.forms import (
    MomentField,
    WholeNumberField,
    at_most,
    between,
    choice,
    is_filled,
    is_needed,
    looks_like,
    plain,
)
from app.rules.category_words import CountyLead, TownLead
from app.rules.time_limits import UnfitLimit, read_limit
from app.rules.type_versions import RequestKind


def _among(kind: type[CountyLead] | type[TownLead], group: str) -> list[Any]:
    return [
        choice("", lazy_gettext("categories.as_above")),
        *(choice(each.value, lazy_gettext(f"categories.{group}_{each.value}")) for each in kind),
    ]


class CategoryForm(FlaskForm):
    """What is said of a category, and from when. Limits by type of request are added to it."""

    seen = HiddenField()
    name = StringField(
        lazy_gettext("categories.name"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    pinyin = StringField(
        lazy_gettext("categories.pinyin"),
        filters=[plain],
        validators=[
            is_filled(),
            at_most(128),
            looks_like(r"[a-z0-9]+( [a-z0-9]+)*", "categories.fault_pinyin"),
        ],
    )
    keywords = StringField(
        lazy_gettext("categories.keywords"),
        filters=[plain],
        validators=[is_filled(), at_most(500)],
    )
    position = WholeNumberField(
        lazy_gettext("codes.position"), validators=[is_needed(), between(0, 9999)]
    )
    default_unit_code = SelectField(lazy_gettext("categories.city_lead"))
    county_lead = SelectField(
        lazy_gettext("categories.county_lead"), choices=_among(CountyLead, "county")
    )
    town_lead = SelectField(lazy_gettext("categories.town_lead"), choices=_among(TownLead, "town"))
    not_to_town = BooleanField(lazy_gettext("categories.not_to_town"))
    provincial_code = StringField(
        lazy_gettext("categories.provincial_code"), filters=[plain], validators=[at_most(16)]
    )
    national_code = StringField(
        lazy_gettext("categories.national_code"), filters=[plain], validators=[at_most(16)]
    )
    old_label = StringField(
        lazy_gettext("categories.old_label"), filters=[plain], validators=[at_most(LONGEST_NAME)]
    )
    basis = StringField(
        lazy_gettext("categories.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("exclusions.valid_from"), validators=[Optional()])


F = TypeVar("F", bound=CategoryForm)


class NewCategoryForm(CategoryForm):
    """A category that is not there yet."""

    code = StringField(
        lazy_gettext("codes.code"),
        filters=[plain],
        validators=[
            is_filled(),
            looks_like(r"[0-9]{2}([0-9]{2}){0,2}", "refusal.category-code-unfit"),
        ],
    )
    parent_code = SelectField(lazy_gettext("categories.parent"))


def _is_limit(_form: Any, field: StringField) -> None:
    if field.data:
        try:
            read_limit(field.data)
        except UnfitLimit as refusal:
            raise ValidationError(
                lazy_gettext("refusal.limit-unfit", **refusal.parameters)
            ) from refusal


def with_limits(
    form: type[F], kinds: Sequence[RequestKind], name: Any, city: Mapping[str, str]
) -> type[F]:
    """Make the form with a limit for each type of request that is handled.

    `name` says how a type is called for whoever reads; `city` holds by type what the city's rules
    say, which an empty field shows.
    """
    fields = {
        f"limit_{each.code}": StringField(
            name(each),
            filters=[plain],
            validators=[at_most(12), _is_limit],
            render_kw={"placeholder": city.get(each.code, "")},
        )
        for each in kinds
        if each.starts_clock
    }
    return type(f"{form.__name__}WithLimits", (form,), fields)
