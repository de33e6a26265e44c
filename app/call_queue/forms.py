"""What a supervisor fills in about agents and callers."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Optional

from app.core.forms import at_most, is_needed

LONGEST_WHY = 200


def _typed(text: object) -> str:
    """Keep what every database can hold: no zero character, no half of a surrogate pair."""
    plain = text if isinstance(text, str) else ""
    return plain.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


class StateForm(FlaskForm):
    """A state for somebody else."""

    state = StringField(validators=[is_needed(), at_most(32)], filters=[_typed])
    reason = StringField(validators=[Optional(), at_most(32)], filters=[_typed])
    why_code = StringField(validators=[is_needed(), at_most(32)], filters=[_typed])
    why = StringField(validators=[Optional(), at_most(LONGEST_WHY)], filters=[_typed])
