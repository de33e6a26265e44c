"""What an agent says when he urges a ticket on, adds to it, or ends or gives it on."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from app.core.forms import at_most, choice, is_filled, is_needed, plain


class AddForm(FlaskForm):
    """An urging or a supplement."""

    kind = RadioField(
        _l("follow.kind"),
        choices=[choice("urge", _l("follow.urge")), choice("supplement", _l("follow.supplement"))],
        validators=[is_needed()],
        default="urge",
    )
    text = TextAreaField(
        _l("follow.text"), filters=[plain], validators=[is_filled(), at_most(1000)]
    )
    call = SelectField(_l("follow.call"), coerce=int)


class GiveInfoForm(FlaskForm):
    """What the dispatcher missed."""

    seen = HiddenField(id="seen-info")
    text = TextAreaField(
        _l("follow.info"),
        filters=[plain],
        validators=[is_filled(), at_most(1000)],
        id="info-text",
        render_kw={"rows": 3},
    )


class WithdrawForm(FlaskForm):
    """The call in which the caller took his demand back."""

    seen = HiddenField()
    call = SelectField(_l("follow.call"), coerce=int, id="withdraw-call")


class HandOverForm(FlaskForm):
    """To whom, and why."""

    to = SelectField(_l("follow.to"), coerce=int)
    reason = StringField(
        _l("follow.reason"), filters=[plain], validators=[is_filled(), at_most(200)]
    )


class TakeForm(FlaskForm):
    """Nothing is asked of who takes over."""
