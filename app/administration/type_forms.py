"""Forms of the dictionaries of request types, and of what a type of before is now."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.administration.forms import LONGEST_NAME
from app.core.forms import MomentField, at_most, choice, is_filled, looks_like, plain
from app.rules.type_versions import RequestKind


class TypeVersionForm(FlaskForm):
    """A dictionary of request types, and from when it holds."""

    seen = HiddenField()
    name_zh = StringField(
        lazy_gettext("codes.name_zh"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    name_en = StringField(
        lazy_gettext("codes.name_en"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    basis = StringField(
        lazy_gettext("types.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("types.valid_from"), validators=[Optional()])
    kinds = TextAreaField(
        lazy_gettext("types.kinds"),
        filters=[plain],
        validators=[is_filled(), at_most(5000)],
        render_kw={"rows": 9},
    )


class NewTypeVersionForm(TypeVersionForm):
    """A dictionary that is not there yet."""

    code = StringField(
        lazy_gettext("codes.code"),
        filters=[plain],
        validators=[is_filled(), looks_like(r"[a-z][a-z0-9-]{1,31}", "types.fault_code")],
    )


class MappingForm(FlaskForm):
    """What each type of one dictionary is in a later one; its fields are made for both of them."""

    seen = HiddenField()


def mapping_form(
    old: Sequence[RequestKind], new: Sequence[RequestKind], names: Any
) -> type[MappingForm]:
    """Make the form: for each old type a choice of the new ones and the basis.

    `names` says how a type is called for whoever reads.
    """
    offered = [choice("", lazy_gettext("types.unmapped"))]
    offered += [choice(each.code, names(each)) for each in new]
    fields: dict[str, Any] = {}
    for each in old:
        fields[f"to_{each.code}"] = SelectField(names(each), choices=offered)
        fields[f"basis_{each.code}"] = StringField(
            lazy_gettext("types.basis"), filters=[plain], validators=[at_most(200)]
        )
    return type("MappingFormOfTwo", (MappingForm,), fields)
