"""Forms of signing in and of one's own account."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from app.core.forms import at_most, is_needed, looks_like


class SignInForm(FlaskForm):
    """Work number and password."""

    work_number = StringField(
        lazy_gettext("sign_in.work_number"),
        filters=[lambda text: text.strip() if text else text],
        validators=[is_needed(), looks_like(r"\d{3,16}", "form.work-number")],
    )
    password = PasswordField(
        lazy_gettext("sign_in.password"), validators=[is_needed(), at_most(128)]
    )
    next = HiddenField()


class CodeForm(FlaskForm):
    """Six digits, or a recovery code."""

    code = StringField(lazy_gettext("second_step.code"), validators=[is_needed(), at_most(32)])


class ChangePasswordForm(FlaskForm):
    """The present password and the new one, twice."""

    present_password = PasswordField(
        lazy_gettext("password.present"), validators=[is_needed(), at_most(128)]
    )
    new_password = PasswordField(
        lazy_gettext("password.new"), validators=[is_needed(), at_most(128)]
    )
    repeated = PasswordField(
        lazy_gettext("password.repeated"),
        validators=[is_needed(), EqualTo("new_password", message=lazy_gettext("form.not-equal"))],
    )


class EndSecondStepForm(FlaskForm):
    """The password once more, before a protection goes."""

    password = PasswordField(
        lazy_gettext("sign_in.password"), validators=[is_needed(), at_most(128)]
    )


class LanguageForm(FlaskForm):
    """Which language, and where to go back to."""

    locale = StringField(validators=[is_needed()])
    next = HiddenField()
