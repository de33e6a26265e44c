"""What a shift leader decides about misuse, and what an appeal says."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Optional

from app.callers.misuse_rules import LONGEST_DAYS, MOST_CALLS, RestrictionLevel
from app.core.forms import WholeNumberField, at_most, between, choice, is_filled, is_needed, plain

LONGEST_WORDS = 500


def _words(key: str) -> StringField:
    return StringField(
        lazy_gettext(key), filters=[plain], validators=[is_filled(), at_most(LONGEST_WORDS)]
    )


class ConfirmForm(FlaskForm):
    """A measure, with what its level needs, and why."""

    level = SelectField(
        lazy_gettext("misuse.level"),
        choices=[
            choice(each.value, lazy_gettext(f"misuse.level_{each}")) for each in RestrictionLevel
        ],
        default=RestrictionLevel.BEHIND.value,
    )
    days: IntegerField = WholeNumberField(
        lazy_gettext("misuse.days"), default=7, validators=[is_needed(), between(1, LONGEST_DAYS)]
    )
    daily_limit: IntegerField = WholeNumberField(
        lazy_gettext("misuse.daily_limit"), validators=[Optional(), between(1, MOST_CALLS)]
    )
    special_agent = StringField(
        lazy_gettext("misuse.special_agent"), filters=[plain], validators=[at_most(16)]
    )
    words = _words("misuse.why")


class EvidenceForm(FlaskForm):
    """Why a case is taken out for an authority, and under which number the authority asks."""

    words = _words("evidence.reason")
    reference = StringField(
        lazy_gettext("evidence.reference"), filters=[plain], validators=[at_most(64)]
    )


class DismissForm(FlaskForm):
    """Why a mark is dismissed."""

    words = _words("misuse.why")


class WordsForm(FlaskForm):
    """What an appeal says."""

    words = _words("misuse.words")


class AppealForm(FlaskForm):
    """How an appeal is decided."""

    decision = SelectField(
        lazy_gettext("misuse.decision"),
        choices=[
            choice("refused", lazy_gettext("misuse.appeal_refused")),
            choice("granted", lazy_gettext("misuse.appeal_granted")),
        ],
    )
    words = _words("misuse.why")
