"""Why personal data must be seen whole, and whose looks are searched."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import AnyOf

from app.core.forms import at_most, choice, is_filled, plain
from app.privacy.looks import Deed
from app.privacy.uncovering import LONGEST_REASON, UnmaskReason

LONGEST_SEARCH = 64


class UnmaskForm(FlaskForm):
    """A reason of the list and what else is to be said; both are kept."""

    reason_code = SelectField(
        lazy_gettext("privacy.reason_code"),
        choices=[
            choice("", lazy_gettext("privacy.choose")),
            *(choice(each.value, lazy_gettext(f"privacy.reason_{each}")) for each in UnmaskReason),
        ],
        validate_choice=False,
        validators=[
            AnyOf([each.value for each in UnmaskReason], message=lazy_gettext("form.needed"))
        ],
    )
    reason = StringField(
        lazy_gettext("privacy.reason"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_REASON)],
    )


class ViewsForm(FlaskForm):
    """Which looks are searched; nothing filled means all."""

    class Meta:
        """A search changes nothing: it needs no token."""

        csrf = False

    person = StringField(
        lazy_gettext("privacy.by_person"), filters=[plain], validators=[at_most(LONGEST_SEARCH)]
    )
    name = StringField(
        lazy_gettext("privacy.by_name"), filters=[plain], validators=[at_most(LONGEST_SEARCH)]
    )
    deed = SelectField(
        lazy_gettext("privacy.deed"),
        choices=[
            choice("", lazy_gettext("administration.all")),
            *(choice(each.value, lazy_gettext(f"privacy.deed_{each}")) for each in Deed),
        ],
        default="",
    )
    only_unmasked = BooleanField(lazy_gettext("privacy.only_unmasked"))
