"""What a citizen types to learn how far his demand has come."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from app.core.forms import at_most, is_filled, plain


class ProgressForm(FlaskForm):
    """The number that was told, and the code that was told with it."""

    number = StringField(
        lazy_gettext("portal.number"), filters=[plain], validators=[is_filled(), at_most(40)]
    )
    code = StringField(
        lazy_gettext("portal.code"), filters=[plain], validators=[is_filled(), at_most(20)]
    )
