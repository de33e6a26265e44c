"""Who is at this request: a signed session of ours around Flask-Login, with two limits of time.

The session keeps "id:epoch", the moment it was issued and the moment it was last used. Raising a
person's epoch ends all sessions of that person at their next request; sockets are dropped by those
who hear the event (app.accounts.events.SessionsRevoked).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request, session
from flask_login import current_user, login_user, logout_user

from app.core import clock
from app.core.extensions import login_manager

P = ParamSpec("P")
R = TypeVar("R")

KEPT_OVER_SIGN_IN = ("language",)
STAMP_EVERY = timedelta(seconds=60)


class SessionEnd(StrEnum):
    """Why a session is over; names the sentence `sign_in.ended_<value>`."""

    IDLE = "idle"
    TOO_OLD = "too_old"
    ENDED = "ended"  # by somebody: himself elsewhere, or whoever keeps the accounts


@dataclass(frozen=True, kw_only=True)
class SignedInPerson:
    """A picture of the person at this request; not a row, so no save can make it stale."""

    id: int
    epoch: int
    work_number: str
    name: str
    role: str
    unit_id: int | None
    locale: str
    must_change_password: bool
    # Works for a contractor, and the rule holds that bars such people from handling matters.
    is_outsourced: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Name the person and the life of the sessions; what Flask-Login keeps."""
        return f"{self.id}:{self.epoch}"


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """How long a session lasts unused, and at most."""

    idle: timedelta
    longest: timedelta


LoadPerson = Callable[[int, int], SignedInPerson | None]
BusyCheck = Callable[[int], bool]


@dataclass(kw_only=True)
class SignIn:
    """What the factory gave us. `is_busy` says who is in a call and may not be signed out now."""

    load_person: LoadPerson
    limits: SessionLimits
    is_busy: BusyCheck


def why_ended(
    *, issued_at: datetime, seen_at: datetime, at: datetime, limits: SessionLimits
) -> SessionEnd | None:
    """Decide whether a session is over, and why; None while it holds. Pure."""
    if at - issued_at >= limits.longest:
        return SessionEnd.TOO_OLD
    if at - seen_at >= limits.idle:
        return SessionEnd.IDLE
    return None


def init_app(
    app: Flask, *, load_person: LoadPerson, limits: SessionLimits, is_busy: BusyCheck
) -> None:
    """Wire sign-in into the app. `load_person(user_id, epoch)` returns None for nobody."""
    app.extensions["sign_in"] = SignIn(load_person=load_person, limits=limits, is_busy=is_busy)
    login_manager.init_app(app)
    # Flask-Login's own protection signs people out when their proxy's address changes.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_stamp)


def signed_in_person() -> SignedInPerson | None:
    """Return the person at this request or socket, or None."""
    return cast(SignedInPerson, current_user) if current_user.is_authenticated else None


def the_person() -> SignedInPerson:
    """Return the person at this request; only for views that are guarded against nobody."""
    person = signed_in_person()
    if person is None:
        raise RuntimeError("this view opened to nobody")
    return person


def open_session(person: SignedInPerson) -> None:
    """Begin a session that shares nothing with the one before it, except the language."""
    end_session()
    login_user(person)
    session["issued_at"] = session["seen_at"] = int(clock.now().timestamp())


def renew_session(person: SignedInPerson) -> None:
    """Carry this session into a new epoch without making it younger."""
    issued_at = session.get("issued_at")
    open_session(person)
    session["issued_at"] = issued_at or session["issued_at"]


def end_session() -> None:
    """Forget everything of this session, except the language."""
    kept = {name: session[name] for name in KEPT_OVER_SIGN_IN if name in session}
    logout_user()
    session.clear()
    session.update(kept)


def why_signed_out() -> SessionEnd | None:
    """Say why the session of this request was refused, if it was."""
    return cast("SessionEnd | None", g.get("session_end"))


def background(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that pages ask by themselves: such a request is no sign of a person."""
    view.is_background = True  # type: ignore[attr-defined]  # read by _stamp
    return view


def _load(session_id: str) -> SignedInPerson | None:
    wiring = cast(SignIn, current_app.extensions["sign_in"])
    user_id, _, epoch = session_id.partition(":")
    if not (user_id.isdigit() and epoch.isdigit()):
        return None
    ended = why_ended(
        issued_at=_moment("issued_at"), seen_at=_moment("seen_at"), at=clock.now(),
        limits=wiring.limits,
    )  # fmt: skip
    # Nobody is thrown out in the middle of a call; the limit strikes when it is over.
    if ended is not None and not wiring.is_busy(int(user_id)):
        g.session_end = ended
        return None
    person = wiring.load_person(int(user_id), int(epoch))
    if person is None:
        g.session_end = SessionEnd.ENDED
    return person


def _moment(name: str) -> datetime:
    kept = session.get(name)
    return datetime.fromtimestamp(kept if isinstance(kept, int) else 0, clock.now().tzinfo)


def _stamp() -> None:
    """Note that the person did something; at most once a minute, to spare cookies."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "is_background", False):
        return
    if "_user_id" in session and clock.now() - _moment("seen_at") >= STAMP_EVERY:
        if signed_in_person() is not None:
            session["seen_at"] = int(clock.now().timestamp())
        else:
            end_session()
