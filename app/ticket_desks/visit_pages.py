"""The call-back desk: whom to ask now, one screen to ask him on, and whose wish for more waits."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.calls import service as calls
from app.calls.call_states import Direction
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, filled, tell
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.handling import (
    answering,
    calling,
    contacting,
    reply_owed,
    results,
    shared_replies,
    visit_lists,
    visiting,
)
from app.handling.acting import doer_of
from app.handling.clock_rules import ClockKind
from app.handling.visit_times import Suits, next_try
from app.handling.visiting import VisitWay
from app.notifications import service as notifications
from app.rules.code_lists import CodeList
from app.rules.rule_register import read_book
from app.ticket_desks import own_call_pages
from app.ticket_desks.desk_acts import note_look
from app.ticket_desks.ticket_card import cards_of, check_code, code_choices, said, unit_name
from app.ticket_desks.visit_forms import (
    AnswerForm,
    AnswersForm,
    LeaveOutForm,
    MissedForm,
    ReasonForm,
    VisitForm,
)
from app.tickets import service as tickets
from app.tickets.service import Ticket

bp = Blueprint("visits", __name__)

SHOWN_AS: Mapping[type[FlaskForm], str] = {
    AnswerForm: "answer",
    VisitForm: "form",
    MissedForm: "missed",
    LeaveOutForm: "leave",
}
"""As which of its forms the page shows one that was refused."""


@bp.get("/visits")
@requires(Permission.TICKETS_VISIT)
def list_visits() -> ResponseReturnValue:
    """Show whom to ask, by the best time; `?only=owed`: whom the hotline answers first."""
    now = clock.now()
    rows = visit_lists.to_ask(
        now=now, reads_confidential=_reads_confidential(), links_sent=notifications.asked_at
    )
    owed = [each for each in rows if each.is_owed]
    only_owed = request.args.get("only") == "owed"
    shown = owed if only_owed else rows
    cards = cards_of([each.ticket for each in shown], clocks=[ClockKind.VISIT, ClockKind.CITIZEN])
    return render_template(
        "ticket_desks/visit_list.html",
        rows=list(zip(shown, cards, strict=True)),
        now=now,
        count=len(rows),
        owed=len(owed),
        only_owed=only_owed,
    )


@bp.get("/visits/<int:ticket_id>")
@requires(Permission.TICKETS_VISIT)
def show_visit(ticket_id: int) -> ResponseReturnValue:
    """Show everything that is needed to ask one citizen."""
    note_look(_readable, ticket_id)
    return _page(_readable(ticket_id))


@bp.post("/visits/<int:ticket_id>")
@requires(Permission.TICKETS_VISIT)
def note_answers(ticket_id: int) -> ResponseReturnValue:
    """Take down what he answered."""
    ticket, form = _readable(ticket_id), VisitForm()
    form.call.choices = _calls_made(ticket)
    if not form.validate_on_submit():
        return _page(ticket, form=form), 422
    new = visiting.NewVisit(
        way=VisitWay.PHONE,
        answers=answers_in(form),
        asks_redo=bool(form.asks_redo.data),
        call_id=form.call.data or None,
    )
    return _try(
        ticket,
        form,
        lambda: visiting.visit(ticket_id, new, doer=doer_of(the_person()), seen=_seen(form)),
        done="visits.noted_redo" if new.asks_redo else "visits.noted",
    )


@bp.post("/visits/<int:ticket_id>/answer")
@requires(Permission.TICKETS_VISIT)
def answer_caller(ticket_id: int) -> ResponseReturnValue:
    """Note that the hotline told him the reply; the questions follow on the same page."""
    ticket, form = _readable(ticket_id), AnswerForm(prefix="answer")
    form.call.choices = _calls_made(ticket)
    if not form.validate_on_submit():
        return _page(ticket, answer=form), 422
    new = answering.NewAnswer(call_id=form.call.data or None, note=form.note.data or "")
    return _try(
        ticket,
        form,
        lambda: answering.answer(ticket_id, new, doer=doer_of(the_person()), seen=_seen(form)),
        done="visits.answered",
        then=url_for("ticket_desks.visits.show_visit", ticket_id=ticket_id),
    )


@bp.post("/visits/<int:ticket_id>/missed")
@requires(Permission.TICKETS_VISIT)
def note_missed(ticket_id: int) -> ResponseReturnValue:
    """Note that he was not reached, and how it was."""
    ticket, form = _readable(ticket_id), MissedForm()
    form.call.choices = _calls_made(ticket)
    if not form.validate_on_submit():
        return _page(ticket, missed=form), 422
    new = visiting.NewVisit(
        way=VisitWay.PHONE,
        call_id=form.call.data or None,
        note=filled(form.why.data),
        suits=Suits(form.suits.data) if form.suits.data else None,
    )
    return _try(
        ticket,
        form,
        lambda: visiting.visit(ticket_id, new, doer=doer_of(the_person()), seen=_seen(form)),
        done="visits.noted_missed",
    )


@bp.post("/visits/<int:ticket_id>/give-up")
@requires(Permission.TICKETS_VISIT)
def give_up(ticket_id: int) -> ResponseReturnValue:
    """Close what was tried so often as the rule says."""
    ticket, form = _readable(ticket_id), MissedForm()
    return _try(
        ticket,
        form,
        lambda: visiting.give_up(ticket_id, doer=doer_of(the_person()), seen=_seen(form)),
        done="visits.given_up",
    )


@bp.post("/visits/<int:ticket_id>/leave-out")
@requires(Permission.TICKETS_AUDIT)
def leave_out(ticket_id: int) -> ResponseReturnValue:
    """Close it without asking, for a reason of the list."""
    ticket, form = _readable(ticket_id), LeaveOutForm()
    form.exclusion.choices = _exclusions()

    def close() -> None:
        code = form.exclusion.data or ""
        check_code(CodeList.VISIT_EXCLUSION, code, field="exclusion")
        results.close_unvisited(ticket_id, code, doer=doer_of(the_person()), seen=_seen(form))

    return _try(ticket, form, close, done="visits.left_out")


@bp.get("/visits/redos")
@requires(Permission.TICKETS_DISPATCH)
def list_redos() -> ResponseReturnValue:
    """Show whose citizen asked for it to be handled again."""
    return _redos()


@bp.post("/visits/redos/<int:ticket_id>/again")
@requires(Permission.TICKETS_DISPATCH)
def send_again(ticket_id: int) -> ResponseReturnValue:
    """Let the unit handle it once more."""
    return _decide(ticket_id, visiting.send_again, done="visits.sent_again")


@bp.post("/visits/redos/<int:ticket_id>/refuse")
@requires(Permission.TICKETS_DISPATCH)
def refuse_redo(ticket_id: int) -> ResponseReturnValue:
    """Close it all the same, and say why."""
    return _decide(ticket_id, visiting.refuse_redo, done="visits.redo_refused")


def answers_in(form: AnswersForm) -> visiting.Answers:
    """Return what a form says that was validated."""
    return visiting.Answers(
        is_solved=form.is_solved.data == "yes",
        result_mark=int(filled(form.result_mark.data)),
        attitude_mark=int(filled(form.attitude_mark.data)),
        efficiency_mark=int(form.efficiency_mark.data) if form.efficiency_mark.data else None,
        words=form.words.data or "",
    )


def _try(
    ticket: Ticket, form: FlaskForm, act: Callable[[], object], *, done: str, then: str = ""
) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act()
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        shown = SHOWN_AS[type(form)]
        return _page(_readable(ticket.id), **{shown: form}), refusal.status
    flash(gettext(done, number=ticket.number))
    return redirect(then or url_for("ticket_desks.visits.list_visits"))


def _decide(ticket_id: int, act: Callable[..., Ticket], *, done: str) -> ResponseReturnValue:
    ticket, form = _readable(ticket_id), ReasonForm()
    if not form.validate_on_submit():
        return _redos(ticket_id, form), 422
    try:
        with unit_of_work():
            act(ticket_id, form.reason.data or "", doer=doer_of(the_person()), seen=_seen(form))
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _redos(ticket_id, form), refusal.status
    flash(gettext(done, number=ticket.number))
    return redirect(url_for("ticket_desks.visits.list_redos"))


def _redos(ticket_id: int | None = None, form: ReasonForm | None = None) -> str:
    rows = visit_lists.waiting_for_decision(reads_confidential=_reads_confidential())
    cards = cards_of([each for each, _wishes in rows], clocks=[ClockKind.VISIT])
    forms = {}
    for ticket, _wishes in rows:
        one = form if form is not None and ticket.id == ticket_id else ReasonForm(formdata=None)
        one.seen.data = str(ticket.version)
        forms[ticket.id] = one
    return render_template(
        "ticket_desks/visit_redos.html",
        rows=[
            (card, wishes, said(_reply_of(ticket), of=ticket))
            for card, (ticket, wishes) in zip(cards, rows, strict=True)
        ],
        forms=forms,
    )


def _page(
    ticket: Ticket,
    *,
    form: VisitForm | None = None,
    missed: MissedForm | None = None,
    leave: LeaveOutForm | None = None,
    answer: AnswerForm | None = None,
) -> str:
    answer = answer or AnswerForm(formdata=None, prefix="answer")
    form = form or VisitForm(formdata=None)
    missed = missed or MissedForm(formdata=None)
    leave = leave or LeaveOutForm(formdata=None)
    made = _calls_made(ticket)
    newest = made[1].value if len(made) > 1 else 0
    for each in (form, missed, answer):
        each.call.choices = made
        if not each.is_submitted() or each.call.data is None:
            each.call.data = newest
    for each in (form, missed, leave, answer):
        each.seen.data = str(ticket.version)
    leave.exclusion.choices = _exclusions()
    tries = [each for each in visiting.visits_of(ticket.id) if each.round == ticket.round]
    row = cards_of([ticket], clocks=[ClockKind.VISIT, ClockKind.CITIZEN])[0]
    book, now = read_book(), clock.now()
    day = book.visit_hours(now)
    return render_template(
        "ticket_desks/visit_show.html",
        ticket=ticket,
        card=row,
        said={name: said(getattr(ticket, name), of=ticket) for name in ("content", "demand")},
        reply=said(_reply_of(ticket), of=ticket),
        form=form,
        missed=missed,
        leave=leave,
        answer=answer,
        is_owed=reply_owed.is_owed(ticket),
        is_open=visiting.is_to_be_asked(ticket) and not visiting.has_answered(ticket),
        tries=tries,
        proven=visiting.proven_tries(ticket),
        needed=book.most("most.visit_attempts", now),
        next_at=next_try(
            ticket.opened_at,
            [each.at for each in tries],
            apart=book.span("limit.visit_apart", now),
            day=day,
            best=visit_lists.best_hours(tries, day=day),
        )
        if tries
        else None,
        suits=visit_lists.suits_of(tries),
        link_sent_at=_link_sent_at(ticket),
        contacts=contacting.contacts_of(ticket.id),
        own_call=None if calling.has_desk_open(the_person().id) else own_call_pages.picture(ticket),
        unit_name=unit_name,
    )


def _link_sent_at(ticket: Ticket) -> datetime | None:
    """Return when he was sent the link of this round, for who may want to wait for it."""
    sent_at = notifications.asked_at([ticket.id]).get(ticket.id)
    replied = [each.audited_at for each in results.results_of(ticket.master_id or ticket.id)]
    since = replied[-1] if replied else None
    return sent_at if sent_at is not None and since is not None and sent_at >= since else None


def _reply_of(ticket: Ticket) -> str:
    """Return the public reply that holds: of a merged ticket what may be told of its master's."""
    known = results.results_of(ticket.master_id or ticket.id)
    reply = known[-1].public_reply if known else ""
    if ticket.master_id is None:
        return reply
    return shared_replies.told(reply, ticket, tickets.get_ticket(ticket.master_id))


def _calls_made(ticket: Ticket) -> list[Any]:
    """Return this person's calls to the citizen since the ticket was opened, newest first."""
    made = calls.recent_calls_from(
        ticket.contact_number, since=ticket.opened_at, but_not=0, limit=20
    )
    own = [
        each
        for each in made
        if each.direction is Direction.OUT and each.agent_id == the_person().id
    ]
    return [
        choice(0, gettext("visits.no_call")),
        *(
            choice(each.id, _call_words(each.invited_at, talked=each.talk_started_at is not None))
            for each in own
        ),
    ]


def _call_words(invited_at: datetime, *, talked: bool) -> str:
    at = invited_at.astimezone(clock.CITY_TIME)
    return f"{at:%m-%d %H:%M} {gettext('visits.call_talked' if talked else 'visits.call_missed')}"


def _exclusions() -> list[Any]:
    return list(code_choices(CodeList.VISIT_EXCLUSION))


def _readable(ticket_id: int) -> Ticket:
    return tickets.read_ticket(
        ticket_id, reader_id=the_person().id, reads_confidential=_reads_confidential()
    )


def _reads_confidential() -> bool:
    return may(Permission.TICKETS_READ_CONFIDENTIAL)


def _seen(form: FlaskForm) -> int | None:
    typed = form["seen"].data or ""
    return int(typed) if typed.isdigit() else None
