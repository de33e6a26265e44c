"""Who may do what: two enums, one table, three decorators; what carries none stays shut."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request

from app.core.errors import NotAllowed, Refusal
from app.core.sign_in import signed_in_person

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    """The hats of a 12345 hotline; agents may also be a contractor's or a sub-centre's."""

    AGENT = "agent"
    OUTSOURCED_AGENT = "outsourced_agent"
    SHIFT_LEADER = "shift_leader"
    DISPATCHER = "dispatcher"
    RETURN_VISITOR = "return_visitor"
    QUALITY_INSPECTOR = "quality_inspector"
    KNOWLEDGE_EDITOR = "knowledge_editor"
    KNOWLEDGE_REVIEWER = "knowledge_reviewer"
    OVERSEER = "overseer"
    DATA_ANALYST = "data_analyst"
    HOTLINE_MANAGER = "hotline_manager"
    CITY_LIAISON = "city_liaison"
    COUNTY_DISPATCHER = "county_dispatcher"
    TOWN_CLERK = "town_clerk"
    SECTION_CLERK = "section_clerk"
    SUB_CENTRE_AGENT = "sub_centre_agent"
    CHANNEL_CLERK = "channel_clerk"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"


class Permission(StrEnum):
    """One thing that a role may do."""

    OWN_ACCOUNT = "account.own"
    DESK_USE = "desk.use"
    CALLS_READ_OWN = "calls.read_own"
    CALLS_READ_ALL = "calls.read_all"
    CALLS_EXPLAIN = "calls.explain"
    CALLS_SUPERVISE = "calls.supervise"
    CALLERS_RESTRICT = "callers.restrict"
    CALLERS_READ = "callers.read"
    CALLERS_EDIT = "callers.edit"
    CALLERS_UNMASK = "callers.unmask"
    CALLERS_FORGET = "callers.forget"
    PRESENCE_FORCE = "presence.force"
    OFFERS_FREE = "offers.free"
    OUTAGES_READ = "outages.read"
    BOARD_READ = "board.read"
    RECORDINGS_PLAY = "recordings.play"
    RECORDINGS_PLAY_OF_TICKETS = "recordings.play_of_tickets"
    RECORDINGS_PLAY_ALL = "recordings.play_all"
    RECORDINGS_HOLD = "recordings.hold"
    TICKETS_OPEN = "tickets.open"
    TICKETS_READ = "tickets.read"
    TICKETS_READ_CONFIDENTIAL = "tickets.read_confidential"
    TICKETS_VIEWS_READ = "tickets.views_read"
    TICKETS_HOLD = "tickets.hold"
    TICKETS_EXPORT = "tickets.export"
    TICKETS_SHARE_VIEWS = "tickets.share_views"
    FIGURES_READ = "figures.read"
    FIGURES_READ_TELLING = "figures.read_telling"
    FIGURES_OBJECT = "figures.object"
    FIGURES_PUBLISH = "figures.publish"
    TICKETS_FOLLOW_UP = "tickets.follow_up"
    DISPATCH_POOL_READ = "dispatch_pool.read"
    TICKETS_DISPATCH = "tickets.dispatch"
    TICKETS_HANDLE = "tickets.handle"
    TICKETS_SEND_DOWN = "tickets.send_down"
    TICKETS_AUDIT = "tickets.audit"
    TICKETS_VISIT = "tickets.visit"
    TICKETS_DECIDE = "tickets.decide"
    TICKETS_SUPERVISE = "tickets.supervise"
    KNOWLEDGE_READ = "knowledge.read"
    SIMULATOR_USE = "simulator.use"
    CHANNELS_READ = "channels.read"
    CHANNELS_MANAGE = "channels.manage"
    CHANNEL_REGISTER_MANAGE = "channel_register.manage"
    CHANNEL_CASES_ENTER = "channel_cases.enter"
    RESULTS_READ = "results.read"
    TEXTS_ANSWER = "texts.answer"
    PEOPLE_MANAGE = "people.manage"
    PEOPLE_EXPORT_WHOLE = "people.export_whole"
    CODES_MANAGE = "codes.manage"
    RULES_MANAGE = "rules.manage"
    ADMINISTRATION_OPEN = "administration.open"
    GAZETTEER_KEEP = "gazetteer.keep"
    GAZETTEER_KEEP_ALL = "gazetteer.keep_all"
    AUDIT_READ = "audit.read"
    NOTIFICATIONS_READ = "notifications.read"
    NOTIFICATIONS_MANAGE = "notifications.manage"
    ROSTER_MANAGE = "roster.manage"


class Door(StrEnum):
    """Views that ask for no particular permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


_P = Permission
_AT_THE_DESK = frozenset(
    {
        _P.OWN_ACCOUNT,
        _P.DESK_USE,
        _P.CALLS_READ_OWN,
        _P.CALLERS_READ,
        _P.TICKETS_OPEN,
        _P.TICKETS_READ,
        _P.TICKETS_FOLLOW_UP,
        _P.KNOWLEDGE_READ,
        _P.RECORDINGS_PLAY,
        _P.SIMULATOR_USE,
    }
)
_OVER_CALLS = frozenset(
    {
        _P.OWN_ACCOUNT,
        _P.CALLS_READ_OWN,
        _P.CALLS_READ_ALL,
        _P.CALLERS_READ,
        _P.RECORDINGS_PLAY,
        _P.TICKETS_READ,
        _P.KNOWLEDGE_READ,
    }
)
_OVER_AGENTS = frozenset({_P.PRESENCE_FORCE, _P.CALLERS_RESTRICT, _P.OFFERS_FREE, _P.BOARD_READ})
_ON_TICKETS = frozenset({_P.OWN_ACCOUNT, _P.TICKETS_READ, _P.KNOWLEDGE_READ})
_READER = frozenset({_P.OWN_ACCOUNT, _P.KNOWLEDGE_READ})
_AT_A_UNIT = _READER | {_P.TICKETS_HANDLE, _P.RESULTS_READ}

_OF_NUMBERS = frozenset({_P.CHANNELS_READ, _P.CHANNELS_MANAGE, _P.CHANNEL_REGISTER_MANAGE})
_READS_NUMBERS = frozenset({_P.CHANNELS_READ, _P.ADMINISTRATION_OPEN})
_ADMINISTERS = frozenset(
    {_P.ADMINISTRATION_OPEN, _P.CODES_MANAGE, _P.RULES_MANAGE, _P.PEOPLE_MANAGE}
)
# A county keeps the places that it runs; which they are is asked of its unit.
_KEEPS_PLACES = frozenset({_P.ADMINISTRATION_OPEN, _P.GAZETTEER_KEEP})

# Lists as files, and the figures counted from them.
_COUNTS = frozenset({_P.TICKETS_EXPORT, _P.FIGURES_READ})

TABLE: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AT_THE_DESK | {_P.CALLERS_EDIT, _P.TEXTS_ANSWER},
    Role.OUTSOURCED_AGENT: _AT_THE_DESK | {_P.TEXTS_ANSWER},
    Role.SUB_CENTRE_AGENT: _AT_THE_DESK | {_P.CALLERS_EDIT},
    Role.SHIFT_LEADER: _AT_THE_DESK
    | _OVER_CALLS
    | _OVER_AGENTS
    | _READS_NUMBERS
    | _COUNTS
    | {
        _P.CALLERS_EDIT,
        _P.CALLERS_UNMASK,
        _P.CALLS_EXPLAIN,
        _P.CALLS_SUPERVISE,
        # a hot matter is told to who leads the shift, and stands above the pool
        _P.DISPATCH_POOL_READ,
        _P.OUTAGES_READ,
        _P.RECORDINGS_PLAY_ALL,
        _P.NOTIFICATIONS_READ,
        _P.TEXTS_ANSWER,
        _P.TICKETS_READ_CONFIDENTIAL,
    },
    # Who works on tickets hears the calls of tickets, and no others.
    Role.DISPATCHER: _OVER_CALLS
    | _COUNTS
    | {
        _P.CALLERS_UNMASK,
        _P.NOTIFICATIONS_READ,
        _P.RECORDINGS_PLAY_OF_TICKETS,
        _P.TICKETS_OPEN,
        _P.TICKETS_READ_CONFIDENTIAL,
        _P.DISPATCH_POOL_READ,
        _P.TICKETS_DISPATCH,
        _P.TICKETS_AUDIT,
    },
    Role.RETURN_VISITOR: _OVER_CALLS
    # He calls back from a desk of his own.
    | {
        _P.CALLERS_UNMASK,
        _P.DESK_USE,
        _P.NOTIFICATIONS_READ,
        _P.RECORDINGS_PLAY_OF_TICKETS,
        _P.TICKETS_VISIT,
    },
    Role.QUALITY_INSPECTOR: _OVER_CALLS | {_P.CALLS_EXPLAIN, _P.RECORDINGS_PLAY_ALL},
    Role.KNOWLEDGE_EDITOR: _READER,
    Role.KNOWLEDGE_REVIEWER: _READER,
    Role.OVERSEER: _OVER_CALLS
    | _READS_NUMBERS
    | _COUNTS
    | {
        _P.BOARD_READ,
        _P.FIGURES_READ_TELLING,
        _P.NOTIFICATIONS_READ,
        _P.RECORDINGS_PLAY_OF_TICKETS,
        _P.RESULTS_READ,
        _P.TICKETS_SUPERVISE,
    },
    Role.DATA_ANALYST: _ON_TICKETS | _READS_NUMBERS | _COUNTS | {_P.RESULTS_READ},
    Role.HOTLINE_MANAGER: _OVER_CALLS
    | _OVER_AGENTS
    | _OF_NUMBERS
    | _ADMINISTERS
    | _KEEPS_PLACES
    | _COUNTS
    | {
        _P.GAZETTEER_KEEP_ALL,
        _P.TICKETS_SHARE_VIEWS,
        _P.FIGURES_PUBLISH,
        _P.FIGURES_READ_TELLING,
        _P.CALLERS_EDIT,
        _P.CALLERS_FORGET,
        _P.CALLERS_UNMASK,
        _P.CALLS_EXPLAIN,
        _P.NOTIFICATIONS_READ,
        _P.NOTIFICATIONS_MANAGE,
        _P.OUTAGES_READ,
        _P.ROSTER_MANAGE,
        _P.PEOPLE_EXPORT_WHOLE,
        _P.RECORDINGS_HOLD,
        _P.RECORDINGS_PLAY_ALL,
        _P.RESULTS_READ,
        _P.SIMULATOR_USE,
        _P.TICKETS_READ_CONFIDENTIAL,
        _P.TICKETS_HOLD,
        _P.TICKETS_VIEWS_READ,
        _P.DISPATCH_POOL_READ,
        _P.TICKETS_DISPATCH,
        _P.TICKETS_AUDIT,
        _P.TICKETS_VISIT,
        _P.TICKETS_DECIDE,
        _P.TICKETS_SUPERVISE,
    },
    # Units see what is dispatched to them and to whom they send it down; nothing else is theirs.
    Role.CITY_LIAISON: _AT_A_UNIT | {_P.TICKETS_SEND_DOWN, _P.ROSTER_MANAGE, _P.FIGURES_OBJECT},
    Role.COUNTY_DISPATCHER: _AT_A_UNIT
    | _KEEPS_PLACES
    | {_P.TICKETS_SEND_DOWN, _P.ROSTER_MANAGE, _P.FIGURES_OBJECT},
    Role.TOWN_CLERK: _AT_A_UNIT,
    Role.SECTION_CLERK: _AT_A_UNIT,
    Role.CHANNEL_CLERK: _READER | {_P.CHANNEL_CASES_ENTER},
    Role.LEADER: _ON_TICKETS | {_P.RESULTS_READ, _P.FIGURES_READ},
    Role.AUDITOR: frozenset(
        {
            _P.OWN_ACCOUNT,
            _P.AUDIT_READ,
            _P.CALLS_EXPLAIN,
            _P.CALLS_READ_OWN,
            _P.CALLS_READ_ALL,
            _P.FIGURES_READ_TELLING,
            _P.NOTIFICATIONS_READ,
            _P.OUTAGES_READ,
            _P.RECORDINGS_HOLD,
            _P.TICKETS_READ,
            _P.TICKETS_VIEWS_READ,
        }
    )
    | _READS_NUMBERS
    | _COUNTS,
    Role.SYSTEM_ADMIN: _OF_NUMBERS
    | _ADMINISTERS
    | {
        _P.CALLS_EXPLAIN,
        _P.NOTIFICATIONS_READ,
        _P.NOTIFICATIONS_MANAGE,
        _P.OUTAGES_READ,
        _P.OWN_ACCOUNT,
        _P.SIMULATOR_USE,
    },
}


NOT_FOR_CONTRACTORS = frozenset(
    {
        _P.CHANNEL_CASES_ENTER,
        _P.DISPATCH_POOL_READ,
        _P.TICKETS_AUDIT,
        _P.TICKETS_DECIDE,
        _P.TICKETS_DISPATCH,
        _P.TICKETS_HANDLE,
        _P.TICKETS_SEND_DOWN,
        _P.TICKETS_SUPERVISE,
        _P.TICKETS_VISIT,
    }
)
"""What handles, judges or closes a matter. Who works for a contractor may answer calls and keep
the systems running, whatever role he is given, and nothing of this (国办函〔2025〕66号, R28)."""


def held_by(role: Role, *, is_outsourced: bool = False) -> frozenset[Permission]:
    """Return what somebody of this role may do; less of it where he works for a contractor."""
    if is_outsourced or role is Role.OUTSOURCED_AGENT:
        return TABLE[role] - NOT_FOR_CONTRACTORS
    return TABLE[role]


class SignInNeeded(Refusal):
    """Nobody is signed in, and this needs somebody."""

    status = 401
    code = "sign-in-needed"


class PasswordChangeDue(NotAllowed):
    """The person must choose a new password before anything else."""

    code = "password-change-due"


def may(permission: Permission | str) -> bool:
    """Say whether the person at this request may; templates ask by the name, `DESK_USE`."""
    person = signed_in_person()
    if person is None:
        return False
    wanted = permission if isinstance(permission, Permission) else Permission[permission]
    return wanted in held_by(Role(person.role), is_outsourced=person.is_outsourced)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a view only to people whose role has this permission."""
    return _guard(permission)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Open a view to everybody who has signed in."""
    return _guard(Door.SIGNED_IN)(view)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open a view to everybody."""
    view.required_permission = Door.PUBLIC  # type: ignore[attr-defined]  # read by _check_door
    return view


def even_with_due_password(view: Callable[P, R]) -> Callable[P, R]:
    """Keep a view open while its person owes us a new password (the page to give it, say)."""
    view.is_open_with_due_password = True  # type: ignore[attr-defined]  # read by _guard
    return view


def _guard(wanted: Permission | Door) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _check(wanted, opens_early=getattr(view, "is_open_with_due_password", False))
            return view(*args, **kwargs)

        guarded.required_permission = wanted  # type: ignore[attr-defined]  # read by _check_door
        return guarded

    return decorate


def _check(wanted: Permission | Door, *, opens_early: bool) -> None:
    person = signed_in_person()
    if person is None:
        raise SignInNeeded
    if person.must_change_password and not opens_early:
        raise PasswordChangeDue
    if isinstance(wanted, Permission) and not may(wanted):
        raise NotAllowed


def init_app(app: Flask) -> None:
    """Refuse every view that carries no decorator of this module: forgetting one shuts it."""
    app.before_request(_check_door)
    app.jinja_env.globals["may"] = may


def _check_door() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "required_permission"):
        raise NotAllowed
