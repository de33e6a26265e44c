"""The desk where demands that came as text are taken, answered and made tickets."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.channel_entries import channel_register
from app.channel_entries.demand_form import (
    demand_in,
    person_kind_in,
    tell_at_place,
    with_choices,
)
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Conflict, Invalid
from app.core.forms import check_form, filled
from app.core.pagination import MOST_COUNTED
from app.core.permissions import Permission, may, requires
from app.core.phone_numbers import mask_in_text
from app.core.row_ids import row_id
from app.core.sign_in import the_person
from app.text_intake import message_lists, replies, service
from app.text_intake.forms import ActForm, AnswerForm, CloseForm, TicketForm
from app.text_intake.message_lists import Beside, MessagePage
from app.text_intake.message_states import CloseReason, MessageState
from app.text_intake.webhooks import bp as hooks
from app.tickets import reading
from app.tickets.opening import NewTicket, Origin
from app.tickets.person_details import PersonDetails
from app.tickets.ticket_states import EntryMode

bp = Blueprint("text_intake", __name__)
bp.register_blueprint(hooks)


@bp.get("/texts")
@requires(Permission.TEXTS_ANSWER)
def list_messages() -> ResponseReturnValue:
    """Show what waits for an answer, the one due first on top; or what was dealt with.

    `after` and `before` name a message: the page lies behind or before it.
    """
    shows_done = request.args.get("done") == "1"
    chosen = request.args.get("channel", type=row_id)
    beside = _beside()
    if shows_done:
        page = message_lists.done_page(beside=beside)
    else:
        page = message_lists.open_page(channel_id=chosen, beside=beside)
    reader = reading.reader_of(the_person().id)
    messages = [each for each in page.items if service.is_for(each, reader)]
    newer, older = _ways(page, channel=chosen, done=1 if shows_done else None)
    return render_template(
        "text_intake/list.html",
        messages=messages,
        total=page.total,
        most=MOST_COUNTED if shows_done else page.total,
        newer=newer,
        older=older,
        shows_done=shows_done,
        chosen=chosen,
        names=channel_register.channel_names(),
        takers=service.takers(messages),
        undelivered=replies.undelivered({each.id for each in messages}),
        shown_sender=service.shown_sender,
        is_late=service.is_late,
        at=clock.now(),
    )


def _beside() -> Beside | None:
    after, before = (request.args.get(name, type=row_id) for name in ("after", "before"))
    if after is not None:
        return Beside(message_id=after)
    return Beside(message_id=before, is_back=True) if before is not None else None


def _ways(page: MessagePage, **kept: Any) -> tuple[str, str]:
    """Return the addresses of the page before and of the one behind, or ""."""
    here = "text_intake.list_messages"
    first, last = (page.items[0], page.items[-1]) if page.items else (None, None)
    newer = url_for(here, before=first.id, **kept) if page.has_before and first else ""
    older = url_for(here, after=last.id, **kept) if page.has_behind and last else ""
    return newer, older


@bp.get("/texts/<int:message_id>")
@requires(Permission.TEXTS_ANSWER)
def show_message(message_id: int) -> ResponseReturnValue:
    """Show one message; that it was read is written down."""
    with unit_of_work():
        service.read_message(message_id, by=the_person().id)
    return _page(message_id)


@bp.post("/texts/<int:message_id>/take")
@requires(Permission.TEXTS_ANSWER)
def take_message(message_id: int) -> ResponseReturnValue:
    """Answer a message from now on; of two at once one is told that the other has it."""
    takes_over = may(Permission.PRESENCE_FORCE)
    return _act(
        lambda: service.take(message_id, by=the_person().id, takes_over=takes_over), message_id
    )


@bp.post("/texts/<int:message_id>/give-back")
@requires(Permission.TEXTS_ANSWER)
def give_message_back(message_id: int) -> ResponseReturnValue:
    """Put a message back into the list."""
    return _act(
        lambda: service.give_back(message_id, by=the_person().id), message_id, "texts.given_back"
    )


@bp.post("/texts/<int:message_id>/answer")
@requires(Permission.TEXTS_ANSWER)
def answer_message(message_id: int) -> ResponseReturnValue:
    """Answer a message."""
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(message_id, answer=form), 422
    text = filled(form.answer.data)
    return _act(
        lambda: service.answer(message_id, text, by=the_person().id),
        message_id,
        "texts.answered",
        answer=form,
    )


@bp.post("/texts/<int:message_id>/close")
@requires(Permission.TEXTS_ANSWER)
def close_message(message_id: int) -> ResponseReturnValue:
    """Close a message that needs no answer."""
    form = CloseForm()
    if not form.validate_on_submit():
        return _page(message_id, close=form), 422
    reason = CloseReason(form.reason.data)
    return _act(
        lambda: service.close(message_id, reason, by=the_person().id), message_id, "texts.closed"
    )


@bp.post("/texts/<int:message_id>/ticket")
@requires(Permission.TEXTS_ANSWER)
def open_ticket(message_id: int) -> ResponseReturnValue:
    """Make a message a ticket."""
    message = _readable(message_id)
    form = with_choices(TicketForm())
    if not form.validate_on_submit():
        return _page(message_id, ticket=form), 422
    person = the_person()
    new = NewTicket(
        call_id=None,
        opened_by=person.id,
        once_key=f"text-{message.id}",
        origin=Origin(
            entry_mode=EntryMode.TEXT,
            channel_id=message.channel_id,
            source_no=message.message_key,
        ),
        **demand_in(form),
        details=PersonDetails(person_kind=person_kind_in(form)),
    )
    try:
        with unit_of_work():
            ticket = service.open_ticket(message_id, new, by=person.id)
            number, code = ticket.number, ticket.check_code
    except (Conflict, Invalid) as refusal:
        tell_at_place(form, refusal)
        return _page(message_id, ticket=form), refusal.status
    flash(gettext("texts.ticket_opened", number=number, code=code), "success")
    return redirect(url_for("text_intake.show_message", message_id=message_id))


def _act(
    do: Callable[[], object], message_id: int, told: str = "", *, answer: AnswerForm | None = None
) -> ResponseReturnValue:
    """Do it; what was typed as an answer stands on the page where somebody was quicker."""
    check_form(ActForm())
    _readable(message_id)
    try:
        with unit_of_work():
            do()
    except Conflict as refusal:
        flash(sentence(refusal.code, refusal.parameters), "warning")
        return _page(message_id, answer=answer), refusal.status
    if told:
        flash(gettext(told), "success")
    return redirect(url_for("text_intake.show_message", message_id=message_id))


def _readable(message_id: int) -> service.InboundMessage:
    """Return a message to who may read what it is about. Raises NoSuchMessage."""
    return service.message_for(message_id, reading.reader_of(the_person().id))


def _page(
    message_id: int,
    *,
    answer: AnswerForm | None = None,
    close: CloseForm | None = None,
    ticket: TicketForm | None = None,
) -> str:
    message = _readable(message_id)
    if ticket is None:
        ticket = with_choices(
            TicketForm(
                formdata=None,
                title=mask_in_text(" ".join(message.text.split()))[:50],
                content=mask_in_text(message.text),  # his number has its own field
                caller_name=message.sender_name[:40],
                contact_number=service.number_of(message),
            )
        )
    lines = service.lines_of(message_id)
    return render_template(
        "text_intake/message.html",
        message=message,
        channel=channel_register.channel_names().get(message.channel_id, ""),
        sender=service.shown_sender(message),
        lines=lines,
        delivery=replies.delivery_of(lines),
        failed=replies.last_failure(message),
        goes_by=replies.goes_by(message),
        takers=service.takers([message]),
        is_mine=message.taken_by == the_person().id,
        takes_over=message.state is MessageState.TAKEN
        and (may(Permission.PRESENCE_FORCE) or service.may_be_taken_over(message, clock.now())),
        is_late=service.is_late(message, clock.now()),
        ticket_number=service.ticket_number(message),
        answer=answer or AnswerForm(formdata=None),
        close=close or CloseForm(formdata=None),
        form=ticket,
    )
