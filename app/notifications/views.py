"""Pages of messages: the outbox, one message, what failed, and what the simulator was given."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import NotFound
from app.core.forms import check_form, filled
from app.core.handed_down import given
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.notifications import outbox, reporting, service, text_pages
from app.notifications.forms import ActForm, KeysForm
from app.notifications.message_states import MessageState
from app.notifications.occasions import Way
from app.notifications.refusals import NoSuchMessage
from app.notifications.reporting import Fate, Report
from app.notifications.service import MessageWhole
from app.notifications.simulated_provider import SIMULATOR
from app.notifications.visit_invitation import CitizenSite
from app.notifications.webhooks import bp as hooks
from app.tickets import reading

W = TypeVar("W", bound=StrEnum)

bp = Blueprint("notifications", __name__)
bp.register_blueprint(text_pages.bp)
bp.register_blueprint(hooks)


@bp.get("/messages")
@requires(Permission.NOTIFICATIONS_READ)
def list_messages() -> ResponseReturnValue:
    """Show messages, the newest first, and above them what somebody has to see to."""
    state = _word(MessageState, request.args.get("state", ""))
    way = _word(Way, request.args.get("way", ""))
    reader = reading.reader_of(the_person().id)
    return render_template(
        "notifications/list.html",
        page=service.list_messages(
            reader=reader, state=state, way=way, page=request.args.get("page", 1, type=int)
        ),
        state=state,
        way=way,
        counts=service.count_by_state(reader=reader),
        alarms=service.alarms(reader=reader),
        late=service.backlog(now=clock.now(), reader=reader).late,
        providers=service.providers(),
    )


@bp.get("/messages/<int:message_id>")
@requires(Permission.NOTIFICATIONS_READ)
def show_message(message_id: int) -> ResponseReturnValue:
    """Show one message and its tries; its text to those who may read tickets."""
    return render_template(
        "notifications/show.html",
        message=_readable(message_id),
        reads_text=may(Permission.TICKETS_READ),
    )


@bp.post("/messages/<int:message_id>/retry")
@requires(Permission.NOTIFICATIONS_MANAGE)
def retry_message(message_id: int) -> ResponseReturnValue:
    """Let a message that failed be tried again."""
    check_form(ActForm())
    _readable(message_id)
    with unit_of_work():
        outbox.retry(message_id, by=the_person().id)
    flash(gettext("notifications.retried"), "success")
    return redirect(url_for("notifications.show_message", message_id=message_id))


@bp.post("/messages/<int:message_id>/give-up")
@requires(Permission.NOTIFICATIONS_MANAGE)
def give_message_up(message_id: int) -> ResponseReturnValue:
    """Let a message never be sent."""
    check_form(ActForm())
    _readable(message_id)
    with unit_of_work():
        outbox.give_up(message_id, by=the_person().id)
    flash(gettext("notifications.given_up"), "success")
    return redirect(url_for("notifications.show_message", message_id=message_id))


@bp.post("/messages/retry-all/<way>")
@requires(Permission.NOTIFICATIONS_MANAGE)
def retry_all(way: str) -> ResponseReturnValue:
    """Let messages of a way that failed be tried again: its provider is well.

    Those that whoever says so is shown, and no others: he has seen how many they are.
    """
    check_form(ActForm())
    try:
        chosen = Way(way)
    except ValueError:
        raise NotFound from None
    person_id = the_person().id
    shown = service.is_for(reading.reader_of(person_id))
    with unit_of_work():
        count = outbox.retry_all(chosen, by=person_id, only=shown)
    flash(gettext("notifications.retried_all", count=count), "success")
    return redirect(url_for("notifications.list_messages"))


@bp.get("/messages/simulated")
@requires(Permission.NOTIFICATIONS_READ)
def show_simulated() -> ResponseReturnValue:
    """Show what the simulator was given: what people would have on their phones."""
    if SIMULATOR not in service.providers().values():
        raise NotFound
    return render_template(
        "notifications/simulated.html",
        messages=service.list_simulated(reader=reading.reader_of(the_person().id)),
        reads_text=may(Permission.TICKETS_READ),
        keys_form=KeysForm(formdata=None) if may(Permission.NOTIFICATIONS_MANAGE) else None,
    )


@bp.post("/messages/simulated/keys")
@requires(Permission.NOTIFICATIONS_MANAGE)
def press_keys() -> ResponseReturnValue:
    """Let a citizen who is made up press keys: what a carrier would report of a call."""
    if SIMULATOR not in service.providers().values() or not given(CitizenSite).is_made_up:
        raise NotFound
    form = KeysForm()
    check_form(form)
    pressed = Report(key=filled(form.key.data), fate=Fate.DELIVERED, keys=filled(form.keys.data))
    with unit_of_work():
        if not reporting.hear(pressed, way=Way.VOICE):
            raise NoSuchMessage
    flash(gettext("notifications.keys_pressed"), "success")
    return redirect(url_for("notifications.show_simulated"))


def _readable(message_id: int) -> MessageWhole:
    """Return a message to who may read what it is about. Raises NoSuchMessage."""
    return service.get_message(message_id, reader=reading.reader_of(the_person().id))


def _word(kind: type[W], written: str) -> W | None:
    """Read a word of the address; what is none narrows nothing."""
    try:
        return kind(written)
    except ValueError:
        return None
