"""Agents' follow-up: one's own, the shift's pool by name, what the caller adds, hand-overs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.call_queue import presences
from app.calls import service as calls
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, tell
from app.core.permissions import TABLE, Permission, Role, may, requires
from app.core.sign_in import the_person
from app.handling import dispatching, following
from app.handling.acting import doer_of
from app.handling.following import FollowKind
from app.ticket_desks.desk_acts import note_look
from app.ticket_desks.follow_forms import (
    AddForm,
    GiveInfoForm,
    HandOverForm,
    TakeForm,
    WithdrawForm,
)
from app.ticket_desks.ticket_card import cards_of, said
from app.tickets import service as tickets
from app.tickets.service import Ticket
from app.tickets.stepping import steps_of
from app.tickets.ticket_moves import Actor, TicketAct, acts_open
from app.tickets.ticket_states import OPEN_STATES

bp = Blueprint("follow", __name__)
LOOKED_BACK = timedelta(days=30)
INFO = "give_info"
"""The prefix of the form's fields: the page has two texts."""


@bp.get("/follow-ups")
@requires(Permission.TICKETS_FOLLOW_UP)
def list_follow_ups() -> ResponseReturnValue:
    """Show what one follows up, and what nobody does who is on shift."""
    there = _there()
    own = following.owned_by(the_person().id, there=there)
    pool = [each for each in following.pool(there=there) if each[1].user_id != the_person().id]
    shown = [each for each in pool if _may_read(each[0])]
    return render_template(
        "ticket_desks/follow_list.html",
        own=cards_of([ticket for ticket, _owner in own]),
        pool=list(
            zip(
                cards_of([ticket for ticket, _owner in shown]),
                [_name(owner.user_id) for _ticket, owner in shown],
                strict=True,
            )
        ),
    )


@bp.get("/follow-ups/<int:ticket_id>")
@requires(Permission.TICKETS_FOLLOW_UP)
def show_follow_up(ticket_id: int) -> ResponseReturnValue:
    """Show what an agent may add to a ticket, and who follows it up."""
    note_look(_readable, ticket_id)
    return _page(_readable(ticket_id))


@bp.post("/follow-ups/<int:ticket_id>/add")
@requires(Permission.TICKETS_FOLLOW_UP)
def add(ticket_id: int) -> ResponseReturnValue:
    """Urge it on, or add to what the caller said."""
    ticket, form = _readable(ticket_id), AddForm()
    form.call.choices = _his_calls(ticket)
    if not form.validate_on_submit():
        return _page(ticket, add=form), 422
    kind = FollowKind(form.kind.data)
    return _try(
        ticket,
        form,
        lambda: following.add(
            ticket_id,
            kind,
            form.text.data or "",
            doer=doer_of(the_person()),
            call_id=form.call.data or None,
        ),
        done=f"follow.added_{kind}",
    )


@bp.post("/follow-ups/<int:ticket_id>/give-info")
@requires(Permission.TICKETS_FOLLOW_UP)
def give_info(ticket_id: int) -> ResponseReturnValue:
    """Answer what the dispatcher asked; the ticket is back where it was asked about."""
    ticket, form = _readable(ticket_id), GiveInfoForm(prefix=INFO)
    if not form.validate_on_submit():
        return _page(ticket, info=form), 422
    return _try(
        ticket,
        form,
        lambda: dispatching.give_info(
            ticket_id, form.text.data or "", doer=doer_of(the_person()), seen=_seen(form)
        ),
        done="follow.info_given",
    )


@bp.post("/follow-ups/<int:ticket_id>/withdraw")
@requires(Permission.TICKETS_FOLLOW_UP)
def withdraw(ticket_id: int) -> ResponseReturnValue:
    """Let the caller take his demand back, in the call that is named."""
    ticket, form = _readable(ticket_id), WithdrawForm()
    form.call.choices = _his_calls(ticket)
    if not form.validate_on_submit():
        return _page(ticket, withdraw=form), 422
    return _try(
        ticket,
        form,
        lambda: following.withdraw(
            ticket_id, form.call.data or 0, doer=doer_of(the_person()), seen=_seen(form)
        ),
        done="follow.withdrawn",
    )


@bp.post("/follow-ups/<int:ticket_id>/take")
@requires(Permission.TICKETS_FOLLOW_UP)
def take(ticket_id: int) -> ResponseReturnValue:
    """Take over from somebody who is off shift, or gone."""
    ticket = _readable(ticket_id)
    return _try(
        ticket,
        TakeForm(),
        lambda: following.take_from_pool(ticket_id, doer=doer_of(the_person()), there=_there()),
        done="follow.taken",
    )


@bp.post("/follow-ups/<int:ticket_id>/hand-over")
@requires(Permission.TICKETS_FOLLOW_UP)
def hand_over(ticket_id: int) -> ResponseReturnValue:
    """Give it to a colleague, and say why."""
    ticket, form = _readable(ticket_id), HandOverForm()
    form.to.choices = _colleagues()
    if not form.validate_on_submit():
        return _page(ticket, over=form), 422
    return _try(
        ticket,
        form,
        lambda: following.hand_over(
            ticket_id, form.to.data, form.reason.data or "", doer=doer_of(the_person())
        ),
        done="follow.handed_over",
    )


@bp.get("/follow-ups/hand-overs")
@requires(Permission.PRESENCE_FORCE)
def list_hand_overs() -> ResponseReturnValue:
    """Show the shift leader who gave what to whom in the last month, and why."""
    rows = following.hand_overs_since(clock.now() - LOOKED_BACK)
    people = accounts.people({each for row in rows for each in (row.from_id, row.to_id, row.by)})
    return render_template(
        "ticket_desks/follow_hand_overs.html",
        rows=[(row, tickets.get_ticket(row.ticket_id).number) for row in rows],
        people=people,
    )


def _try(
    ticket: Ticket, form: FlaskForm, act: Callable[[], object], *, done: str
) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act()
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        shown = {
            AddForm: "add", GiveInfoForm: "info", WithdrawForm: "withdraw", HandOverForm: "over",
            TakeForm: "take",
        }  # fmt: skip
        return _page(_readable(ticket.id), **{shown[type(form)]: form}), refusal.status
    flash(gettext(done, number=ticket.number))
    return redirect(url_for("ticket_desks.follow.list_follow_ups"))


def _page(
    ticket: Ticket,
    *,
    add: AddForm | None = None,
    info: GiveInfoForm | None = None,
    withdraw: WithdrawForm | None = None,
    over: HandOverForm | None = None,
    take: TakeForm | None = None,
) -> str:
    add, withdraw = add or AddForm(formdata=None), withdraw or WithdrawForm(formdata=None)
    over, take = over or HandOverForm(formdata=None), take or TakeForm(formdata=None)
    made = _his_calls(ticket)
    for each in (add, withdraw):
        each.call.choices = made
    info = info or GiveInfoForm(formdata=None, prefix=INFO)
    withdraw.seen.data = info.seen.data = str(ticket.version)
    over.to.choices = _colleagues()
    owner = following.owner_of(ticket, there=_there())
    return render_template(
        "ticket_desks/follow_show.html",
        ticket=ticket,
        card=cards_of([ticket])[0],
        add=add,
        info=info,
        question=_question(ticket),
        withdraw=withdraw,
        over=over,
        take=take,
        is_open=ticket.state in OPEN_STATES,
        may_add=following.may_add(ticket, FollowKind.URGE),
        may_withdraw=TicketAct.WITHDRAW in acts_open(ticket.state, by=Actor.AGENT),
        is_own=owner.user_id == the_person().id,
        owner=owner,
        owner_name=_name(owner.user_id),
        first_contact=_name(owner.first_contact_id),
        added=[
            (each, said(each.text, of=ticket), _name(each.by))
            for each in following.follow_ups_of(ticket.id)
        ],
        overs=following.hand_overs_of(ticket.id),
        name_of=_name,
    )


def _question(ticket: Ticket) -> str | None:
    """Return what the dispatcher asked last, where an answer is waited for."""
    if TicketAct.GIVE_INFO not in acts_open(ticket.state, by=Actor.AGENT):
        return None
    asked = [step for step in steps_of(ticket.id) if step.act == TicketAct.ASK_INFO]
    return said(str(asked[-1].carried.get("question", "")), of=ticket) if asked else ""


def _there() -> set[int]:
    """Return who is on shift: whose desk page is connected."""
    return {each.agent_id for each in presences.at_desks()}


def _colleagues() -> list[Any]:
    people = accounts.people(_there() - {the_person().id}).values()
    follows = [each for each in people if Permission.TICKETS_FOLLOW_UP in TABLE[Role(each.role)]]
    return [choice(each.id, f"{each.work_number} {each.name}") for each in follows]


def _his_calls(ticket: Ticket) -> list[Any]:
    """Return this person's calls with the citizen since the ticket was there, newest first."""
    numbers = {ticket.calling_number, ticket.contact_number} - {""}
    found = [
        call
        for number in numbers
        for call in calls.recent_calls_from(
            number, since=ticket.opened_at - timedelta(hours=1), but_not=ticket.call_id or 0
        )
        if call.agent_id == the_person().id and call.talk_started_at is not None
    ]
    found.sort(key=lambda call: call.invited_at, reverse=True)
    return [
        *(
            choice(each.id, f"{each.invited_at.astimezone(clock.CITY_TIME):%m-%d %H:%M}")
            for each in found
        ),
        choice(0, gettext("follow.no_call")),
    ]


def _name(user_id: int) -> str:
    person = accounts.people([user_id]).get(user_id)
    return f"{person.work_number} {person.name}" if person is not None else "\u2013"


def _readable(ticket_id: int) -> Ticket:
    return tickets.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )


def _may_read(ticket: Ticket) -> bool:
    is_open_to_all = not ticket.is_confidential or may(Permission.TICKETS_READ_CONFIDENTIAL)
    return is_open_to_all or ticket.first_contact_id == the_person().id


def _seen(form: FlaskForm) -> int | None:
    typed = form["seen"].data or ""
    return int(typed) if typed.isdigit() else None
