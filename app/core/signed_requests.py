"""Requests that a signature lets in, and none of them twice: what gateways and channels send."""

from datetime import datetime, timedelta

from flask import request
from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.column_types import Moment
from app.core.database import Model, db
from app.core.errors import Conflict, Refusal
from app.core.request_signature import is_fresh, is_genuine

KEPT = timedelta(minutes=15)


class NotSigned(Refusal):
    """The request carries no signature of its sender, or one of another time."""

    status = 401
    code = "not-signed"


class AlreadyHeard(Conflict):
    """The very same request was heard before."""

    code = "message-already-heard"


class HeardRequest(Model):
    """A signed request that was heard: the same signature is not heard again."""

    __tablename__ = "heard_message_requests"

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    heard_at: Mapped[datetime] = mapped_column(Moment, index=True)


def signature_of(*, name: str, secret: str, largest: int) -> str:
    """Return the signature of the request at hand, made by `name` with this secret.

    `largest`: how many bytes it may have. Raises NotSigned.
    """
    request.max_content_length = largest
    timestamp = request.headers.get("X-Hotline-Timestamp", "")
    signature = request.headers.get("X-Hotline-Signature", "")
    body = request.get_data(cache=True)
    if not is_fresh(timestamp, now=clock.now()) or not is_genuine(
        signature, body, secret=secret, timestamp=timestamp, name=name
    ):
        raise NotSigned
    return signature.strip().lower()


def hear_once(signature: str) -> None:
    """Remember a signed request within the save; raises AlreadyHeard for one heard before."""
    now = clock.now()
    db.session.execute(delete(HeardRequest).where(HeardRequest.heard_at < now - KEPT))
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    put = insert(HeardRequest).values(signature=signature, heard_at=now).on_conflict_do_nothing()
    if db.session.execute(put.returning(HeardRequest.signature)).scalar_one_or_none() is None:
        raise AlreadyHeard
