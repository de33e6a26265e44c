"""What a supervisor fills in about agents and callers."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Optional

from app.core.forms import at_most, is_needed, plain

LONGEST_WHY = 200


class FreeForm(FlaskForm):
    """Why a call is taken back from a phone that rings."""

    why_code = StringField(validators=[is_needed(), at_most(32)], filters=[plain])
    why = StringField(validators=[Optional(), at_most(LONGEST_WHY)], filters=[plain])


class StateForm(FreeForm):
    """A state for somebody else, and why."""

    state = StringField(validators=[is_needed(), at_most(32)], filters=[plain])
    reason = StringField(validators=[Optional(), at_most(32)], filters=[plain])
