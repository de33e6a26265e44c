"""Forms of the desk for demands that came as text."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField

from app.channel_entries.demand_form import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    DemandForm,
    area_field,
    text_field,
)
from app.core.forms import choice, is_filled
from app.text_intake.message_states import CloseReason


class ActForm(FlaskForm):
    """One act by one button: only the token."""


class AnswerForm(FlaskForm):
    """What is said to the sender."""

    answer = area_field("texts.answer", 1000, needed=True)


class CloseForm(FlaskForm):
    """Why a message needs no answer."""

    reason = SelectField(
        lazy_gettext("texts.close_reason"),
        choices=[choice(str(each), lazy_gettext(f"texts.reason_{each}")) for each in CloseReason],
    )


class TicketForm(DemandForm):
    """The ticket that a message becomes."""

    title = text_field("tickets.subject", LONGEST_TITLE, needed=True)
    content = area_field("tickets.content", LONGEST_TEXT, needed=True)
    category_code = SelectField(lazy_gettext("tickets.category"), validators=[is_filled()])
    place = SelectField(lazy_gettext("entries.place"), validators=[is_filled()])
