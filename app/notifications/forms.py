"""Forms of the pages of messages."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from app.core.forms import MomentField, at_most, is_filled, is_needed, plain
from app.handling.visit_keys import MOST_KEYS

LONGEST_SUBJECT = 100
LONGEST_BODY = 1000


class ActForm(FlaskForm):
    """One act by one button: only the token."""


class KeysForm(FlaskForm):
    """What somebody made up presses on his telephone; `key` names the message that asked him."""

    key = HiddenField(validators=[is_needed()])
    keys = StringField(
        lazy_gettext("notifications.keys"),
        filters=[plain],
        validators=[is_filled(), at_most(MOST_KEYS)],
    )


class MessageTextForm(FlaskForm):
    """What messages of a kind say from a moment on."""

    subject = StringField(
        lazy_gettext("notifications.subject"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_SUBJECT)],
    )
    body = TextAreaField(
        lazy_gettext("notifications.body"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_BODY)],
        render_kw={"rows": 5},
    )
    valid_from = MomentField(lazy_gettext("rules.valid_from"), validators=[Optional()])
