"""What is typed on the pages of persons who called; each form knows what its page had seen."""

from collections.abc import Sequence

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import at_most, looks_like, plain

LONGEST_REASON = 200
LONGEST_NAME = 64
LONGEST_NUMBER = 32
LANGUAGES = ("mandarin", "hakka", "cantonese", "english")


def no_longer_than(length: int) -> Length:
    """Make a validator whose field takes more, too: a browser would cut a paste off in silence."""
    limit = at_most(length)
    limit.field_flags = {}
    return limit


def _is_filled(_form: FlaskForm, field: StringField) -> None:
    """Refuse a field of blanks."""
    if not field.data:
        raise ValidationError(str(lazy_gettext("form.needed")))


def _reason(label: str) -> StringField:
    return StringField(
        lazy_gettext(label),
        filters=[plain],
        validators=[_is_filled, no_longer_than(LONGEST_REASON)],
    )


class OfPerson(FlaskForm):
    """A change of a person; `version` is what the page showed."""

    version = HiddenField(validators=[looks_like(r"\d{1,9}", "form.not-offered")])

    @property
    def seen_version(self) -> int:
        """Return the version that the page showed."""
        return int(self.version.data or 0)


class PersonForm(OfPerson):
    """Another name, another language; a name left empty stays as it is."""

    name = StringField(
        lazy_gettext("callers.new_name"),
        filters=[plain],
        validators=[no_longer_than(LONGEST_NAME)],
    )
    language = SelectField(
        lazy_gettext("callers.language"),
        choices=[
            SelectChoice("", lazy_gettext("callers.language_unknown")),
            *(SelectChoice(each, lazy_gettext(f"callers.language_{each}")) for each in LANGUAGES),
        ],
        validators=[Optional()],
    )


class NumberForm(OfPerson):
    """A number to be called back on."""

    number = StringField(
        lazy_gettext("callers.contact_number"),
        filters=[plain],
        validators=[_is_filled, no_longer_than(LONGEST_NUMBER)],
    )


class RemoveNumberForm(OfPerson):
    """A number that is not this person's."""

    link_id = HiddenField(validators=[looks_like(r"\d{1,9}", "form.not-offered")])


class MergeForm(OfPerson):
    """Who is the same person."""

    other_id = StringField(
        lazy_gettext("callers.other_id"),
        filters=[plain],
        validators=[_is_filled, looks_like(r"\d{1,9}", "callers.bad_id")],
    )
    reason = _reason("callers.reason")


class SplitForm(OfPerson):
    """Which numbers belong to somebody else, and who that is; `offer` says which there are."""

    link_ids = SelectMultipleField(
        lazy_gettext("callers.numbers_that_go"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=True,
    )
    name = StringField(
        lazy_gettext("callers.name_of_other"),
        filters=[plain],
        validators=[_is_filled, no_longer_than(LONGEST_NAME)],
    )
    shares = BooleanField(lazy_gettext("callers.shares"))
    reason = _reason("callers.reason")

    def offer(self, numbers: Sequence[tuple[int, str]]) -> None:
        """Let these numbers be chosen."""
        self.link_ids.choices = [SelectChoice(link_id, number) for link_id, number in numbers]


class ForgetForm(OfPerson):
    """A wish to be forgotten: there is no way back, so it is said twice."""

    reason = _reason("callers.forget_reason")
    is_sure = BooleanField(lazy_gettext("callers.forget_sure"))

    def validate_is_sure(self, field: BooleanField) -> None:
        """Refuse a slip of the hand."""
        if not field.data:
            raise ValidationError(str(lazy_gettext("form.needed")))


class SearchForm(FlaskForm):
    """A name, or a number in any spelling; sent in the body, so that no log holds it."""

    text = StringField(
        lazy_gettext("callers.search"), filters=[plain], validators=[no_longer_than(LONGEST_NAME)]
    )
