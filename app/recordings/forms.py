"""Forms about recordings."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from app.core.forms import at_most, is_needed


class HoldForm(FlaskForm):
    """Why a hold is set or lifted."""

    reason = StringField(
        lazy_gettext("recording.hold_reason"), validators=[is_needed(), at_most(500)]
    )
