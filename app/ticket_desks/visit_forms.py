"""What is asked of a citizen, and what is said of an attempt to ask him."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.core.forms import at_most, choice, is_filled, is_needed, plain
from app.handling.visit_times import Suits

LONGEST = 1000
MARKS = [choice(str(mark), _l(f"visits.mark_{mark}")) for mark in (5, 4, 3, 2, 1)]
WHY_MISSED = ("no_answer", "busy", "switched_off", "wrong_number", "call_later", "declined")


class AnswersForm(FlaskForm):
    """The three questions, and one that may stay open; by a link the citizen fills it himself."""

    is_solved = RadioField(
        _l("visits.is_solved"),
        choices=[choice("yes", _l("visits.solved_yes")), choice("no", _l("visits.solved_no"))],
        validators=[is_needed()],
    )
    result_mark = RadioField(_l("visits.result_mark"), choices=MARKS, validators=[is_needed()])
    attitude_mark = RadioField(_l("visits.attitude_mark"), choices=MARKS, validators=[is_needed()])
    efficiency_mark = RadioField(
        _l("visits.efficiency_mark"),
        choices=[*MARKS, choice("", _l("visits.not_asked"))],
        default="",
        validators=[Optional()],
    )
    asks_redo = BooleanField(_l("visits.asks_redo"))
    words = TextAreaField(_l("visits.words"), filters=[plain], validators=[at_most(LONGEST)])


class OwnAnswersForm(AnswersForm):
    """The same in the words in which the citizen reads it himself."""

    efficiency_mark = RadioField(
        _l("visits.efficiency_mark"),
        choices=[*MARKS, choice("", _l("visits.own_no_mark"))],
        default="",
        validators=[Optional()],
    )
    asks_redo = BooleanField(_l("visits.own_asks_redo"))
    words = TextAreaField(_l("visits.own_words"), filters=[plain], validators=[at_most(LONGEST)])


class VisitForm(AnswersForm):
    """The same, asked by somebody of ours; `call` is the call in which it was said."""

    seen = HiddenField()
    call = SelectField(_l("visits.call"), coerce=int)


class AnswerForm(FlaskForm):
    """He was told the reply by the hotline, in this call; whatever he said to it may stand here."""

    seen = HiddenField()
    call = SelectField(_l("visits.call"), coerce=int)
    note = StringField(_l("visits.answer_note"), filters=[plain], validators=[at_most(LONGEST)])


class MissedForm(FlaskForm):
    """He was not reached, and how it was."""

    seen = HiddenField()
    call = SelectField(_l("visits.call"), coerce=int)
    why = SelectField(
        _l("visits.why_missed"),
        choices=[choice(why, _l(f"visits.missed_{why}")) for why in WHY_MISSED],
    )
    suits = SelectField(
        _l("visits.suits"),
        choices=[choice("", "\u2013"), *(choice(s, _l(f"visits.suits_{s}")) for s in Suits)],
        default="",
    )


class ReasonForm(FlaskForm):
    """A decision with its reason."""

    seen = HiddenField()
    reason = StringField(
        _l("visits.reason"), filters=[plain], validators=[is_filled(), at_most(200)]
    )


class LeaveOutForm(FlaskForm):
    """A ticket is closed without asking, for a reason of the list."""

    seen = HiddenField()
    exclusion = SelectField(_l("visits.exclusion"))
