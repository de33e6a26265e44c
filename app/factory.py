"""Plugs everything together: extensions, rooms, listeners, error pages."""

import importlib
import importlib.util
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from types import ModuleType
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app import cli
from app.accounts import service as accounts
from app.audit import line_ends
from app.boards.day_calls import DayCalls
from app.boards.service import CountedLately
from app.call_queue import service as call_queue
from app.call_queue.policy import FirstContact, QueuePolicy
from app.call_queue.reminding import Reminders
from app.callers.person_list import names_shown
from app.calls import given_up_exchanges
from app.calls.call_policy import CallPolicy
from app.calls.exchange_controls import ExchangeControls
from app.channel_entries.interface_secrets import InterfaceSecrets
from app.channels.numbers_lately import NumbersLately
from app.core import (
    error_pages,
    formatting,
    incoming,
    languages,
    log_setup,
    permissions,
    security_headers,
    sign_in,
    vite_assets,
)
from app.core.database import db, prepare_engine
from app.core.database_limits import connect_args_of
from app.core.extensions import csrf, limiter, migrate, socketio
from app.core.handed_down import given, hand_down
from app.core.row_ids import LARGEST_ID
from app.handling import sweeping
from app.handling.attachments import AttachmentPlace
from app.keeping import holding
from app.keeping import jobs as keeping_jobs
from app.notifications import entry_reminders, hot_messages
from app.notifications import jobs as message_jobs
from app.notifications import service as notifications
from app.notifications.carriers import build_providers
from app.notifications.report_secrets import ReportSecrets
from app.notifications.visit_invitation import CitizenSite
from app.privacy.searched_words import SearchSecret
from app.privacy.service import CallersNamed
from app.realtime.between_processes import Carrier, redis_limits
from app.realtime.service import ScreenService
from app.recordings import jobs as recording_jobs
from app.recordings.audio_bucket import open_store
from app.recordings.audio_store import AudioFolder, AudioPlace
from app.recordings.call_ties import CallTie, CallTies
from app.rules import brand_register
from app.switchboard import health_pages
from app.switchboard import listeners as switchboard_listeners
from app.switchboard.bell import Bell
from app.switchboard.loops import Round
from app.switchboard.service import Switchboard
from app.switchboard.shift import RecordingCare
from app.text_intake.message_secrets import MessageSecrets
from app.tickets import service as tickets
from app.tickets.left_tickets import left_by_calls
from app.tickets.list_names import ListNames
from app.workstation.phone_lines import PhoneLine, PhoneLines
from app.workstation.pops import PopMaker
from config import Settings, settled_secret
from telephony.port import Exchange
from telephony.registry import ExchangeAddress, build_exchanges

PROJECT = Path(__file__).resolve().parent.parent
GIVEN_UP_ROUND_SECONDS = 10.0
REMINDER_ROUND_SECONDS = 2.0
TICKET_ROUND_SECONDS = 30.0
ENTRY_ROUND_SECONDS = 300.0
HOT_ROUND_SECONDS = 60.0
LARGEST_REQUEST = 2 * 1024 * 1024

# Every room, in the order of its storey. A new room is one line here.
ROOMS = (
    "app.accounts",
    "app.organisation",
    "app.rules",
    "app.privacy",
    "app.channels",
    "app.callers",
    "knowledge_base",
    "app.calls",
    "app.call_queue",
    "app.tickets",
    "app.recordings",
    "app.handling",
    "app.duty_roster",
    "app.notifications",
    "app.channel_entries",
    "app.text_intake",
    "app.results",
    "app.keeping",
    "app.measures",
    "app.workstation",
    "app.administration",
    "app.boards",
    "app.portal",
    "app.ticket_desks",
    "app.switchboard",
    "app.realtime",
    "app.audit",
)
DEMO_ROOMS = ("app.demo",)


def create_app(settings: Settings) -> Flask:
    """Build the app that these settings describe; starts nothing."""
    log_setup.set_up_logs(level=settings.log_level, as_json=not settings.is_demo)
    app = Flask(__name__, instance_path=str(settings.instance_dir))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default JSON provider
    # An id that no row can have is not found, and the database is not asked.
    row_id = partial(IntegerConverter, max=LARGEST_ID)
    app.url_map.converters["int"] = row_id  # type: ignore[assignment]  # called like the class
    _configure(app, settings)
    _add_database(app)
    _add_core(app, settings)
    _add_rooms(app, settings)
    _hand_down(app, settings)
    health_pages.add_to(app)
    _add_switchboard(app, settings)
    cli.add_commands(app)
    _wrap(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    """Hand every setting down under its own name, and to the extensions under theirs."""
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    settings.recordings_dir.mkdir(parents=True, exist_ok=True)
    app.extensions["settings"] = settings
    for name in settings.__dataclass_fields__:
        app.config[name.upper()] = getattr(settings, name)
    app.config.update(
        SECRET_KEY=settled_secret(settings),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "connect_args": connect_args_of(settings.database_url),
            "pool_size": 10,
            "max_overflow": 40,
            # Who was used last has what it needs at hand, and need not be asked if it lives.
            "pool_use_lifo": True,
            "hide_parameters": True,  # names, notes and secrets stay out of faults in the log
        },
        SESSION_COOKIE_NAME="hotline_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        # The limits of core.sign_in are the real ones; this one bounds the signature.
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours + 1),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a desk stays open for a shift
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        # What is pasted into a field is refused beside that field, however long it is.
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=redis_limits() if settings.redis_url else {},
        # Without Redis each process counts for itself: people sign in all the same.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_HEADERS_ENABLED=True,
    )
    app.jinja_env.globals.update(brand=brand_register.shown, site_mode=str(settings.site_mode))


def _add_database(app: Flask) -> None:
    importlib.import_module("app.core.facts")  # the foundation has tables too
    db.init_app(app)
    migrate.init_app(
        app, db, directory=str(PROJECT / "migrations"), render_as_batch=True, compare_type=True
    )
    with app.app_context():
        prepare_engine(db.engine)


def _add_core(app: Flask, settings: Settings) -> None:
    phone_sockets = [each.phone_socket for each in settings.exchanges if each.phone_socket]
    log_setup.init_app(app)
    incoming.init_app(app)
    security_headers.init_app(app, is_https=settings.is_https, phone_sockets=phone_sockets)
    sign_in.init_app(
        app,
        load_person=partial(accounts.load_signed_in, allows_demo=settings.is_demo),
        limits=sign_in.SessionLimits(
            idle=timedelta(minutes=settings.session_idle_minutes),
            longest=timedelta(hours=settings.session_hours),
        ),
        is_busy=call_queue.is_busy,
    )
    permissions.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    languages.init_app(app, catalogues=Path(app.root_path) / "translations")
    formatting.init_app(app)
    vite_assets.init_app(app)
    error_pages.init_app(
        app,
        sign_in_page="accounts.sign_in",
        password_page="accounts.change_password",  # noqa: S106  # an endpoint
    )
    # Only our own pages may open a socket: with no address given, the one they came from.
    origins = {"cors_allowed_origins": [settings.public_url]} if settings.public_url else {}
    wanted: dict[str, Any] = {
        "async_mode": str(settings.socketio_async_mode),
        "transports": ["websocket"],
        "manage_session": False,
        **origins,
    }
    # It keeps the manager of an app that was made before in this process.
    socketio.server_options.pop("client_manager", None)  # type: ignore[attr-defined]
    if settings.redis_url:
        wanted["client_manager"] = Carrier(settings.redis_url)
    socketio.init_app(app, **wanted)


def _add_rooms(app: Flask, settings: Settings) -> None:
    """Plug in what each room has: its tables, its pages, what it does when others publish."""
    for room in ROOMS + (DEMO_ROOMS if settings.is_demo else ()):
        _shelf(room, "models")  # importing it makes its tables known to migrations
        if (shelf := _shelf(room, "views")) is not None:
            app.register_blueprint(shelf.bp)
        if (shelf := _shelf(room, "listeners")) is not None:
            shelf.register()


def _shelf(room: str, name: str) -> ModuleType | None:
    """Import one shelf of a room, or return None if the room does not need it."""
    if importlib.util.find_spec(f"{room}.{name}") is None:
        return None
    return importlib.import_module(f"{room}.{name}")


def _hand_down(app: Flask, settings: Settings) -> None:
    """Give the rooms the few values they need from the settings."""
    hand_down(app, PopMaker(app))
    hand_down(app, NumbersLately())
    hand_down(app, DayCalls())
    hand_down(app, ListNames())
    hand_down(app, CountedLately())
    hand_down(app, FirstContact(tickets.first_contact_owner))
    hand_down(app, CallersNamed(names_shown))
    hand_down(app, MessageSecrets(settings.message_secrets))
    hand_down(app, InterfaceSecrets(settings.channel_secrets))
    hand_down(app, ReportSecrets(settings.report_secrets))
    hand_down(app, SearchSecret(app.config["SECRET_KEY"]))
    elsewhere = settings.recordings_store
    folder = AudioFolder(settings.recordings_dir)
    store = open_store(elsewhere) if elsewhere else folder
    hand_down(app, AudioPlace(store))
    hand_down(
        app,
        AttachmentPlace(
            store,
            most_bytes=settings.attachment_megabytes * 1024 * 1024,
            scan_command=settings.attachment_scan,
        ),
    )
    hand_down(app, CallTies(_call_ties))
    hand_down(
        app,
        CallPolicy(
            short=timedelta(seconds=settings.short_call_seconds),
            may_call_emergencies=not settings.is_demo,
        ),
    )
    hand_down(
        app,
        QueuePolicy(
            ring=timedelta(seconds=settings.ring_seconds),
            wrap_up=timedelta(seconds=settings.wrap_up_seconds),
            abuse_break=timedelta(seconds=settings.abuse_break_seconds),
            hold_reminder=timedelta(seconds=settings.hold_reminder_seconds),
            recording_pause=timedelta(seconds=settings.recording_pause_seconds),
            reconnect=timedelta(seconds=settings.reconnect_seconds),
            is_ready_at_sign_in=settings.ready_at_sign_in,
        ),
    )
    hand_down(app, build_providers(settings.message_carriers))
    hand_down(app, CitizenSite(address=settings.link_base, is_made_up=settings.is_demo))
    app.jinja_env.globals["messages_of_ticket"] = notifications.messages_of_ticket


def _add_switchboard(app: Flask, settings: Settings) -> None:
    """Build the exchanges and hand them to the switchboard; the server's hook starts it."""
    addresses = [ExchangeAddress(each.exchange_id, each.url) for each in settings.exchanges]
    exchanges = build_exchanges(addresses)
    app.extensions["hotline.exchanges"] = exchanges
    controls = {each.exchange_id: each.controls for each in exchanges.values()}
    hand_down(app, ExchangeControls(by_exchange=controls))
    hand_down(
        app,
        PhoneLines(
            lines=tuple(
                PhoneLine(exchange_id=each.exchange_id, socket=each.phone_socket)
                for each in exchanges.values()
                if each.phone_socket
            )
        ),
    )
    given_up = partial(given_up_exchanges.find_due, configured=list(exchanges))
    app.extensions[switchboard_listeners.PLACE] = Switchboard(
        app,
        exchanges,
        has_outcome=tickets.has_outcome,
        compare_seconds=settings.compare_seconds,
        recordings=RecordingCare(
            note=recording_jobs.note_told, keep=partial(_keep_recordings, app, exchanges)
        ),
        also={**message_jobs.loops(app), **keeping_jobs.loops(app, [line_ends.WORK])},
        rounds=(
            Round(name="reminders", every=REMINDER_ROUND_SECONDS, find=Reminders().find_due),
            Round(name="given-up", every=GIVEN_UP_ROUND_SECONDS, find=given_up),
            Round(name="tickets", every=TICKET_ROUND_SECONDS, find=sweeping.find_due),
            Round(name="entries", every=ENTRY_ROUND_SECONDS, find=entry_reminders.find_due),
            Round(name="hot", every=HOT_ROUND_SECONDS, find=hot_messages.find_due),
        ),
    )


def start_serving(app: Flask) -> Callable[[], None]:
    """Start what runs beside the requests in this process; return what stops it again."""
    screens = ScreenService(app)
    screens.start()
    switchboard: Switchboard = app.extensions[switchboard_listeners.PLACE]
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        pops = given(PopMaker)
    if settings.run_switchboard:
        pops.start()
        switchboard.start()

    def stop() -> None:
        screens.stop()
        if settings.run_switchboard:
            switchboard.stop()
            pops.stop()

    return stop


def _keep_recordings(app: Flask, exchanges: dict[str, Exchange], bell: Bell, stopped: Flag) -> None:
    recording_jobs.keep_recordings(app, exchanges, wait=bell.wait, is_stopped=stopped.is_set)


def _call_ties(call_ids: Collection[int]) -> dict[int, CallTie]:
    """Say what calls left, in the words of recordings: neither room knows the other."""
    held = holding.held_calls(call_ids)
    made_about = {call_id: CallTie(is_held=True) for call_id in held}
    return made_about | {
        call_id: CallTie(
            has_ticket=True,
            is_held=call_id in held,
            is_complaint=any(each.is_complaint for each in left),
            is_confidential=any(each.is_confidential for each in left),
            has_open_ticket=any(each.is_open for each in left),
            settled_at=max((each.closed_at for each in left if each.closed_at), default=None),
        )
        for call_id, left in left_by_calls(call_ids).items()
    }


def _wrap(app: Flask, settings: Settings) -> None:
    """Put what must see a request before Flask and Socket.IO around both."""
    inner = app.wsgi_app
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        inner = ProxyFix(inner, x_for=count, x_proto=count, x_host=count)

    def without_compression(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Compressing every fact for every screen costs more than it saves (docs/dependencies.md).
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return inner(environ, start_response)

    app.wsgi_app = without_compression  # type: ignore[method-assign]  # Flask's documented way
