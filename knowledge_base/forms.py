"""The search box of the knowledge base."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from app.core.forms import at_most

LONGEST_QUESTION = 200


class SearchForm(FlaskForm):
    """A few words; it changes nothing, so it travels in the address and needs no token."""

    class Meta:
        """Read from the address, without a token."""

        csrf = False

    q = StringField(
        lazy_gettext("knowledge.search_label"),
        filters=[lambda text: (text or "").strip()],
        validators=[at_most(LONGEST_QUESTION)],
    )
