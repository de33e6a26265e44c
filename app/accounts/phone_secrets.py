"""What browser phones register with: new at each sign-in, worthless after sign-out (ADR 0015)."""

import secrets

from sqlalchemy import select

from app.accounts import events
from app.accounts.models import User
from app.core.database import db
from app.core.events import publish

# Asked once a second for each exchange, of everybody who has a desk: two columns, no objects.
_ADMITTED = (
    select(User.work_number, User.phone_secret)
    .where(User.is_active, User.phone_secret != "")
    .order_by(User.work_number)
)


def renew_phone_secret(user_id: int) -> str:
    """Make a new secret for this person's browser phone and return it; the old one is worthless."""
    user = db.session.get_one(User, user_id)
    user.phone_secret = secrets.token_urlsafe(24)
    publish(events.PhoneSecretRenewed(user_id=user.id))
    return user.phone_secret


def take_phone_secret(user_id: int) -> None:
    """Let this person's browser phone register nowhere."""
    user = db.session.get_one(User, user_id)
    if user.phone_secret:
        user.phone_secret = ""
        publish(events.PhoneSecretRenewed(user_id=user.id))


def secrets_of_phones() -> dict[str, str]:
    """Return work number → secret of the browser phones that an exchange admits.

    They are those of active people that have one.
    """
    return dict(iter(db.session.execute(_ADMITTED)))
