"""Which planned change a page of dated words asks to take back."""

from datetime import datetime

from flask import request

from app.administration.forms import ActForm
from app.core.forms import check_form
from app.rules.dated_versions import NothingPlanned


def change_asked() -> datetime:
    """Return from when the change was to hold. Raises NothingPlanned for what is no moment."""
    check_form(ActForm())
    try:
        begins = datetime.fromisoformat(request.form.get("begins", ""))
    except ValueError:
        raise NothingPlanned from None
    if begins.tzinfo is None:
        raise NothingPlanned
    return begins
