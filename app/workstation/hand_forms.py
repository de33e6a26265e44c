"""What is typed around a call: a message, its answer, why a caller is given up, which machine."""

from wtforms import Form, StringField
from wtforms.validators import Optional

from app.core.forms import at_most, looks_like
from app.workstation.forms import WholeNumberField, is_filled
from app.workstation.models import LONGEST_MESSAGE


def _strip(text: object) -> object:
    return text.strip() if isinstance(text, str) else text


class MessageForm(Form):
    """A word to a colleague (`to`: his work number), or to the shift leaders (`to` empty)."""

    to = StringField(filters=[_strip], validators=[at_most(16)])
    text = StringField(filters=[_strip], validators=[is_filled(), at_most(LONGEST_MESSAGE)])
    call_id = WholeNumberField(validators=[Optional()])


class AnswerForm(Form):
    """The answer to a message."""

    text = StringField(filters=[_strip], validators=[is_filled(), at_most(LONGEST_MESSAGE)])


class GivingUpForm(Form):
    """Why a missed caller is not called any more."""

    why = StringField(filters=[_strip], validators=[is_filled(), at_most(200)])


class MachineForm(Form):
    """The name that a browser gave itself."""

    machine = StringField(
        validators=[is_filled(), looks_like(r"[A-Za-z0-9-]{8,64}", "form.not-offered")]
    )
