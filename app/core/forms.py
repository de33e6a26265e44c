"""What forms share: filled answers, validators that speak in keys, one refusal for all fields.

Moments are typed in the site's own time, to the minute.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.clock import CITY_TIME
from app.core.error_pages import sentence
from app.core.errors import Invalid, Refusal

T = TypeVar("T")

YEARS = range(1900, 3000)
"""Years that somebody can mean; beyond them the site's clock has no moment in another zone."""


class FormRefused(Invalid):
    """At least one field of a form cannot be right; `fields` holds the sentences per field."""

    code = "form-refused"

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__(field=next(iter(fields), None))
        self.fields = {name: [str(each) for each in told] for name, told in fields.items()}


class WholeNumberField(IntegerField):
    """A whole number; what is none is said in the reader's language."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("numbers.not_a_number"))) from why


class MomentField(DateTimeLocalField):
    """A minute on the site's clock; empty is None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the moment."""
        try:
            super().process_formdata(valuelist)
        except ValueError as why:
            raise ValueError(str(lazy_gettext("numbers.not_a_moment"))) from why
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(str(lazy_gettext("numbers.not_a_moment")))


class TickField(SelectMultipleField):
    """Several of a few: a box to tick for each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def moment_of(field: MomentField) -> datetime | None:
    """Return what was typed as an aware moment, or None."""
    typed: datetime | None = field.data
    return typed.replace(tzinfo=CITY_TIME).astimezone(UTC) if typed else None


def as_typed(moment: datetime | None) -> datetime | None:
    """Return a moment as a field shows it: the site's clock, without a zone, to the minute."""
    if moment is None:
        return None
    return moment.astimezone(CITY_TIME).replace(tzinfo=None, second=0, microsecond=0)


def choice(value: Any, label: str) -> Any:
    """Return one choice of a list that is read from the database."""
    return SelectChoice(value, label)


def between(low: int, high: int) -> NumberRange:
    """Make a validator: a whole number from `low` to `high`."""
    return NumberRange(
        min=low, max=high, message=lazy_gettext("numbers.out_of_range", low=low, high=high)
    )


def plain(text: object) -> str:
    """Keep what every database can hold: no zero character, no half of a surrogate pair."""
    typed = text if isinstance(text, str) else ""
    return typed.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


def tell(form: FlaskForm, refusal: Refusal) -> None:
    """Say a refusal beside the field it belongs to, else above the form."""
    told = sentence(refusal.code, refusal.parameters)
    if refusal.field is not None and refusal.field in form:
        form[refusal.field].errors = [*form[refusal.field].errors, told]
    else:
        form.form_errors.append(told)


def tell_changed(form: FlaskForm, refusal: Refusal, *, mark: str, now: Mapping[str, str]) -> None:
    """Say that somebody else saved meanwhile, and beside each field what stands there now.

    `now` holds for the fields that differ what they would show. What was typed stays; the form
    carries the new mark, so that whoever has read this and saves again means it.
    """
    form.form_errors.append(sentence(refusal.code, refusal.parameters))
    for name, text in now.items():
        told = gettext("form.now_is", value=text or "\u2013")
        form[name].errors = [*form[name].errors, told]
    form["seen"].data = mark


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


def is_filled() -> DataRequired:
    """Make a validator: this text must hold more than blanks, once its filters are through."""
    return DataRequired(message=lazy_gettext("form.needed"))


def at_most(length: int) -> Length:
    """Make a validator: at most so many characters."""
    return Length(max=length, message=lazy_gettext("form.too-long", length=length))


def looks_like(pattern: str, key: str) -> Regexp:
    """Make a validator: the whole answer matches `pattern`, else the sentence of `key`."""
    return Regexp(rf"^(?:{pattern})\Z", message=lazy_gettext(key))
