"""Forms of a unit's pages. Each carries the version of the ticket that its page showed."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.core.forms import at_most, choice, is_filled, is_needed, plain
from app.handling.reply_checks import LONGEST_REPLY
from app.rules.code_lists import CodeList
from app.rules.limit_words import limit_words as limit_words
from app.ticket_desks.offered_limits import INNER, STATUTORY
from app.ticket_desks.ticket_card import code_choices

LONGEST = 1000
PHOTOS = "image/jpeg,image/png,application/pdf"


def limits(written: tuple[str, ...], *, empty: bool = False) -> list[Any]:
    """Return limits as choices."""
    first = [choice("", "\u2013")] if empty else []
    return [*first, *(choice(each, limit_words(each)) for each in written)]


def _codes(code_list: CodeList) -> list[Any]:
    return [*code_choices(code_list)]


def _words(label: str, *, needed: bool, rows: int = 3, longest: int = LONGEST) -> TextAreaField:
    return TextAreaField(
        lazy_gettext(label),
        filters=[plain],
        validators=[is_filled() if needed else Optional(), at_most(longest)],
        render_kw={"rows": rows},
    )


def _unit(label: str) -> StringField:
    return StringField(
        lazy_gettext(label),
        filters=[plain],
        validators=[is_filled(), at_most(128)],
        render_kw={"list": "units", "autocomplete": "off"},
    )


def _yes_no(label: str, *, needed: bool = True) -> RadioField:
    return RadioField(
        lazy_gettext(label),
        choices=[
            choice("yes", lazy_gettext("unit_desk.yes")),
            choice("no", lazy_gettext("unit_desk.no")),
        ],
        validators=[is_needed() if needed else Optional()],
        validate_choice=True,
    )


class UnitForm(FlaskForm):
    """One act by one button."""

    seen = HiddenField()


class ContactForm(UnitForm):
    """A contact by one's own telephone; what the platform carried proves itself."""

    reached = _yes_no("unit_desk.reached")
    note = _words("unit_desk.contact_note", needed=False, rows=2)


class ContactWordsForm(FlaskForm):
    """What was said in a contact that the platform wrote down by itself."""

    note = _words("own_call.words", needed=True, rows=2)
    told = BooleanField(lazy_gettext("own_call.told"))


class ResultForm(UnitForm):
    """What was done: the citizen reads the reply, the note stays inside."""

    once_key = HiddenField(validators=[Length(max=64)])
    public_reply = _words("unit_desk.public_reply", needed=True, rows=5, longest=LONGEST_REPLY)
    solved = _yes_no("unit_desk.solved")
    unsolved_reason = _words("unit_desk.unsolved_reason", needed=False, rows=2)
    is_true = _yes_no("unit_desk.is_true", needed=False)
    over_duty = BooleanField(lazy_gettext("unit_desk.over_duty"))
    internal_note = _words("unit_desk.internal_note", needed=False, rows=2, longest=LONGEST_REPLY)
    measures = _words("unit_desk.measures", needed=False, rows=2, longest=LONGEST_REPLY)
    legal_basis = _words("unit_desk.legal_basis", needed=False, rows=2)
    procedure = SelectField(lazy_gettext("unit_desk.procedure"), validators=[Optional()])
    photos = MultipleFileField(
        lazy_gettext("unit_desk.photos"), render_kw={"accept": PHOTOS, "capture": "environment"}
    )
    contact_files = MultipleFileField(
        lazy_gettext("unit_desk.contact_files"), render_kw={"accept": PHOTOS}
    )
    identity_files = MultipleFileField(
        lazy_gettext("unit_desk.identity_files"), render_kw={"accept": PHOTOS}
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.procedure.choices = _codes(CodeList.PROCEDURE)


class CallInForm(UnitForm):
    """Which other unit gives its part, by when."""

    unit = _unit("unit_desk.unit")
    limit = SelectField(lazy_gettext("unit_desk.inner_limit"), validators=[is_filled()])
    note = _words("unit_desk.note_to_unit", needed=False, rows=2)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.limit.choices = limits(INNER)


class SendDownForm(UnitForm):
    """Which unit below does the work."""

    unit = SelectField(lazy_gettext("unit_desk.unit_below"), validators=[is_filled()])
    limit = SelectField(lazy_gettext("unit_desk.inner_limit"), validators=[Optional()])
    note = _words("unit_desk.note_to_unit", needed=False, rows=2)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.limit.choices = limits(INNER, empty=True)


class OpinionForm(UnitForm):
    """One's part, for the lead."""

    text = _words("unit_desk.opinion", needed=True)


class ReturnForm(UnitForm):
    """First whether any part is one's own; then why, by what, and whose it is."""

    has_part = _yes_no("unit_desk.has_part")
    reason = SelectField(lazy_gettext("unit_desk.return_reason"), validators=[is_filled()])
    basis = _words("unit_desk.return_basis", needed=True, rows=2)
    proposed = _unit("unit_desk.proposed")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.reason.choices = _codes(CodeList.RETURN_REASON)


class TimeForm(UnitForm):
    """More time, a pause, or a law's longer procedure; its page offers how much more."""

    kind = SelectField(lazy_gettext("unit_desk.time_kind"), validators=[is_filled()])
    more = SelectField(lazy_gettext("unit_desk.time_more"), validators=[Optional()])
    whole = SelectField(lazy_gettext("unit_desk.time_whole"), validators=[Optional()])
    reason = SelectField(lazy_gettext("unit_desk.time_reason"), validators=[is_filled()])
    basis = _words("unit_desk.time_basis", needed=True, rows=2)
    told_in_contact = SelectField(lazy_gettext("unit_desk.told_in"), validators=[Optional()])

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.kind.choices = [
            choice(each, gettext(f"unit_desk.time_{each}"))
            for each in ("extension", "suspension", "statutory")
        ]
        self.whole.choices = limits(STATUTORY, empty=True)
        self.reason.choices = _codes(CodeList.TIME_REASON)
