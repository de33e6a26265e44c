"""What forms share: filled answers, validators that speak in keys, one refusal for all fields."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired, Length, Regexp

from app.core.errors import Invalid

T = TypeVar("T")


class FormRefused(Invalid):
    """At least one field of a form cannot be right; `fields` holds the sentences per field."""

    code = "form-refused"

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__(field=next(iter(fields), None))
        self.fields = {name: [str(each) for each in told] for name, told in fields.items()}


def filled(answer: T | None) -> T:
    """Return the answer to a required field. Call it only after the form has validated."""
    if answer is None:
        raise TypeError("a required field came back empty")
    return answer


def check_form(form: FlaskForm) -> None:
    """Raise FormRefused with the sentences of every field unless the form holds."""
    if not form.validate_on_submit():
        raise FormRefused(form.errors)


def is_needed() -> InputRequired:
    """Make a validator: this field must be filled."""
    return InputRequired(message=lazy_gettext("form.needed"))


def at_most(length: int) -> Length:
    """Make a validator: at most so many characters."""
    return Length(max=length, message=lazy_gettext("form.too-long", length=length))


def looks_like(pattern: str, key: str) -> Regexp:
    """Make a validator: the whole answer matches `pattern`, else the sentence of `key`."""
    return Regexp(rf"^(?:{pattern})\Z", message=lazy_gettext(key))
