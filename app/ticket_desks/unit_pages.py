"""A unit's pages: what waits for it, and what it does with one ticket; whole without scripts."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.core import clock
from app.core.errors import Refusal
from app.core.forms import choice, tell
from app.core.handed_down import given
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.handling import (
    attachments,
    clocks,
    contacting,
    following,
    results,
    returning,
    timing,
    unit_parts,
    unit_tabs,
)
from app.handling.attachments import AttachmentKind, AttachmentPlace, NewFile
from app.handling.clock_rules import ClockKind
from app.handling.timing import TimeKind
from app.handling.unit_tabs import Tab
from app.organisation import service as organisation
from app.rules.time_limits import read_limit
from app.ticket_desks import offered_limits, own_call_pages, unit_picture
from app.ticket_desks.desk_acts import beside, doer, note_look, seen_of, try_act
from app.ticket_desks.ticket_card import said
from app.ticket_desks.unit_forms import (
    CallInForm,
    ContactForm,
    OpinionForm,
    ResultForm,
    ReturnForm,
    SendDownForm,
    TimeForm,
    UnitForm,
    limits,
)
from app.tickets.refusals import NotInRegister
from app.tickets.service import Ticket

bp = Blueprint("unit", __name__)

PER_PAGE = 20
NOTE_BEGINS = 20
FORM_ROOM = 256 * 1024
FORMS: dict[str, type[FlaskForm]] = {
    "contact": ContactForm,
    "result": ResultForm,
    "call_in": CallInForm,
    "send_down": SendDownForm,
    "opinion": OpinionForm,
    "return": ReturnForm,
    "time": TimeForm,
}
FILES = (
    ("photos", AttachmentKind.HANDLING),
    ("contact_files", AttachmentKind.CONTACT),
    ("identity_files", AttachmentKind.IDENTITY),
)


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a result bring its files: before anything reads the form."""
    if endpoint is not None and endpoint.endswith(".hand_in"):
        most = given(AttachmentPlace).most_bytes
        request.max_content_length = most * attachments.AT_ONCE + FORM_ROOM


@bp.get("/unit")
@requires(Permission.TICKETS_HANDLE)
def show_desk() -> ResponseReturnValue:
    """Show what waits at this person's unit."""
    unit_id, now = the_person().unit_id or 0, clock.now()
    counts = unit_tabs.tab_counts(unit_id, now=now)
    asked = request.args.get("tab", "")
    first = next((each for each in Tab if counts[each]), Tab.TO_SIGN)
    tab = Tab(asked) if asked in set(Tab) else first
    page = unit_tabs.tickets_on(
        tab, unit_id, now=now, page=request.args.get("page", 1, type=int), per_page=PER_PAGE
    )
    return render_template(
        "ticket_desks/unit_list.html",
        tabs=list(Tab),
        counts=counts,
        tab=tab,
        page=page,
        cards=unit_picture.cards_for(page.items),
        form=UnitForm(formdata=None),
        unit=organisation.get_unit(unit_id).name if unit_id else "",
    )


@bp.get("/unit/tickets/<int:ticket_id>")
@requires(Permission.TICKETS_HANDLE)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket with everything that this person's unit can do with it now."""
    note_look(unit_picture.read, ticket_id)
    return ticket_page(ticket_id)


@bp.post("/unit/tickets/<int:ticket_id>/sign")
@requires(Permission.TICKETS_HANDLE)
def sign(ticket_id: int) -> ResponseReturnValue:
    """Sign for one's part."""
    form = UnitForm()
    return _act(
        ticket_id, "sign", form,
        lambda: unit_parts.sign(ticket_id, doer=doer(), seen=seen_of(form)),
    )  # fmt: skip


@bp.post("/unit/tickets/<int:ticket_id>/seen")
@requires(Permission.TICKETS_HANDLE)
def see_follow_ups(ticket_id: int) -> ResponseReturnValue:
    """Note that urges and supplements were read."""
    form = UnitForm()
    return _act(ticket_id, "seen", form, lambda: following.mark_seen(ticket_id, doer=doer()))


@bp.post("/unit/tickets/<int:ticket_id>/contacts")
@requires(Permission.TICKETS_HANDLE)
def log_contact(ticket_id: int) -> ResponseReturnValue:
    """Write down a contact by one's own telephone; it counts as not proven."""
    form = ContactForm(prefix="contact")

    def log() -> None:
        new = contacting.NewContact(
            is_reached=form.reached.data == "yes", note=form.note.data or ""
        )
        contacting.log_contact(ticket_id, new, doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "contact", form, log)


@bp.post("/unit/tickets/<int:ticket_id>/result")
@requires(Permission.TICKETS_HANDLE)
def hand_in(ticket_id: int) -> ResponseReturnValue:
    """Hand in the result with its files: all or nothing, and once however often it is sent."""
    form = ResultForm(prefix="result")
    unit_picture.read(ticket_id)
    key = form.once_key.data or ""
    if key and results.is_handed_in(ticket_id, key, doer=doer()):
        return _done(ticket_id, "result")
    if not form.validate_on_submit():
        return ticket_page(ticket_id, result=form), 422
    try:
        # files are looked at and scanned before a save is open
        checked = attachments.check(_files(form))
    except Refusal as refusal:
        tell(form, _at_files(refusal))
        return ticket_page(ticket_id, result=form), refusal.status

    def keep() -> None:
        results.hand_in(ticket_id, _result_of(form), doer=doer(), seen=seen_of(form))
        if checked:
            attachments.attach(ticket_id, checked, doer=doer())

    return _act(ticket_id, "result", form, keep)


@bp.post("/unit/tickets/<int:ticket_id>/assistants")
@requires(Permission.TICKETS_HANDLE)
def call_in(ticket_id: int) -> ResponseReturnValue:
    """Call in another unit for its part."""
    form = CallInForm(prefix="call_in")

    def call() -> None:
        unit_id = _unit_named(form.unit.data or "", field="unit")
        helper = unit_parts.Helper(unit_id=unit_id, limit=read_limit(form.limit.data))
        with beside(assistants="unit"):
            unit_parts.call_in(
                ticket_id, helper, doer=doer(), note=form.note.data or "", seen=seen_of(form)
            )

    return _act(ticket_id, "call_in", form, call)


@bp.post("/unit/tickets/<int:ticket_id>/send-down")
@requires(Permission.TICKETS_SEND_DOWN)
def send_down(ticket_id: int) -> ResponseReturnValue:
    """Let a unit below do the work."""
    form = _send_down_form(formdata=request.form)

    def send() -> None:
        limit = read_limit(form.limit.data) if form.limit.data else None
        with beside(assistants="unit"):
            unit_parts.send_down(
                ticket_id, int(form.unit.data), doer=doer(), limit=limit,
                note=form.note.data or "", seen=seen_of(form),
            )  # fmt: skip

    return _act(ticket_id, "send_down", form, send)


@bp.post("/unit/tickets/<int:ticket_id>/opinion")
@requires(Permission.TICKETS_HANDLE)
def give_opinion(ticket_id: int) -> ResponseReturnValue:
    """Give one's part to the lead."""
    form = OpinionForm(prefix="opinion")
    return _act(
        ticket_id, "opinion", form,
        lambda: unit_parts.give_opinion(
            ticket_id, form.text.data or "", doer=doer(), seen=seen_of(form)
        ),
    )  # fmt: skip


@bp.post("/unit/tickets/<int:ticket_id>/return")
@requires(Permission.TICKETS_HANDLE)
def ask_return(ticket_id: int) -> ResponseReturnValue:
    """Say that no part of it is one's duty, and whose it is."""
    form = ReturnForm(prefix="return")

    def ask() -> None:
        new = returning.NewReturn(
            reason=form.reason.data,
            basis=form.basis.data or "",
            proposed_unit_id=_unit_named(form.proposed.data or "", field="proposed"),
            has_part=form.has_part.data == "yes",
        )
        returning.ask_return(ticket_id, new, doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "return", form, ask)


@bp.post("/unit/tickets/<int:ticket_id>/time")
@requires(Permission.TICKETS_HANDLE)
def ask_time(ticket_id: int) -> ResponseReturnValue:
    """Ask for more time, a pause, or a law's longer procedure."""
    ticket = unit_picture.read(ticket_id)
    form = _time_form(ticket, formdata=request.form)

    def ask() -> None:
        kind = TimeKind(form.kind.data)
        written = {TimeKind.EXTENSION: form.more.data, TimeKind.STATUTORY: form.whole.data}
        limit = written.get(kind) or ""
        told = form.told_in_contact.data
        new = timing.NewTime(
            kind=kind,
            reason=form.reason.data,
            basis=form.basis.data or "",
            limit=read_limit(limit) if limit else None,
            told_in_contact_id=int(told) if told else None,
        )
        with beside(limit="more" if kind is TimeKind.EXTENSION else "whole"):
            timing.ask_time(ticket_id, new, doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "time", form, ask)


@bp.post("/unit/tickets/<int:ticket_id>/resume")
@requires(Permission.TICKETS_HANDLE)
def resume(ticket_id: int) -> ResponseReturnValue:
    """Let the clock of a paused ticket go on."""
    form = UnitForm()
    return _act(
        ticket_id, "resume", form,
        lambda: timing.resume(ticket_id, doer=doer(), seen=seen_of(form)),
    )  # fmt: skip


def ticket_page(ticket_id: int, **refused: FlaskForm) -> str:
    """Draw one ticket; a form that was refused keeps what was typed."""
    ticket = unit_picture.read(ticket_id)
    forms: dict[str, FlaskForm] = {
        name: kind(formdata=None, prefix=name)
        for name, kind in FORMS.items()
        if name not in {"send_down", "time"}
    }
    forms["send_down"] = _send_down_form(formdata=None)
    forms["time"] = _time_form(ticket, formdata=None)
    forms["one_tap"] = UnitForm(formdata=None)
    forms.update(refused)
    for form in forms.values():
        form["seen"].data = str(ticket.version)
    if not forms["result"]["once_key"].data:
        forms["result"]["once_key"].data = secrets.token_urlsafe(18)
    told = [error for name in ("sign", "seen", "resume") if name in refused
            for error in refused[name].form_errors]  # fmt: skip
    picture = unit_picture.picture(ticket)
    own_call = own_call_pages.picture(ticket) if "call" in picture["can"] else None
    needs_units = bool(picture["can"] & {"call_in", "return"})
    return render_template(
        "ticket_desks/unit_ticket.html",
        forms=forms,
        told=told,
        own_call=own_call,
        units=[each.name for each in organisation.list_units()] if needs_units else [],
        most_megabytes=given(AttachmentPlace).most_bytes // 1024 // 1024,
        **picture,
    )


def _act(ticket_id: int, name: str, form: FlaskForm, act: Callable[[], Any]) -> ResponseReturnValue:
    unit_picture.read(ticket_id)
    return try_act(
        form,
        act,
        done=lambda: _done(ticket_id, name),
        again=lambda: ticket_page(ticket_id, **{name: form}),
    )


def _done(ticket_id: int, name: str) -> ResponseReturnValue:
    flash(gettext(f"unit_desk.done_{name}"), "success")
    if name in {"result", "return", "opinion"}:
        return redirect(url_for("ticket_desks.unit.show_desk"))
    return redirect(url_for("ticket_desks.unit.show_ticket", ticket_id=ticket_id))


def _files(form: ResultForm) -> Sequence[NewFile]:
    found = []
    for field, kind in FILES:
        for each in form[field].data or ():
            if each and each.filename:
                found.append(NewFile(kind=kind, name=each.filename, content=each.read()))
                each.close()  # a large one lies in a file of its own
    return found


def _at_files(refusal: Refusal) -> Refusal:
    """Say it beside the field that the file came by; beside the photos what all are too many of."""
    names = {kind.value: name for name, kind in FILES}
    refusal.field = names.get(refusal.field or "", "photos")
    return refusal


def _result_of(form: ResultForm) -> results.NewResult:
    is_true = {"yes": True, "no": False}.get(form.is_true.data or "")
    return results.NewResult(
        public_reply=form.public_reply.data or "",
        is_solved=form.solved.data == "yes",
        internal_note=form.internal_note.data or "",
        measures=form.measures.data or "",
        legal_basis=form.legal_basis.data or "",
        procedure=form.procedure.data or "",
        is_true=is_true,
        is_over_duty=bool(form.over_duty.data),
        unsolved_reason=form.unsolved_reason.data or "",
        once_key=form.once_key.data or None,
    )


def _unit_named(name: str, *, field: str) -> int:
    for each in organisation.list_units():
        if name.strip() in {each.name, each.code}:
            return each.id
    raise NotInRegister(field=field)


def _send_down_form(*, formdata: Any) -> SendDownForm:
    form = SendDownForm(formdata=formdata, prefix="send_down")
    units = unit_picture.below() if may(Permission.TICKETS_SEND_DOWN) else []
    form.unit.choices = [choice("", "\u2013"), *(choice(str(u.id), u.name) for u in units)]
    return form


def _contact_in_words(at: datetime, note: str, ticket: Ticket) -> str:
    """Say when a contact was, and how its note begins, masked before it is cut."""
    here = at.astimezone(clock.CITY_TIME)
    return f"{here:%m-%d %H:%M} {said(note, of=ticket)[:NOTE_BEGINS]}"


def _time_form(ticket: Ticket, *, formdata: Any) -> TimeForm:
    form = TimeForm(formdata=formdata, prefix="time")
    reached = [each for each in contacting.contacts_of(ticket.id) if each.is_reached]
    told = [choice(str(each.id), _contact_in_words(each.at, each.note, ticket)) for each in reached]
    form.told_in_contact.choices = [choice("", gettext("unit_desk.not_told")), *told]
    row = clocks.running(ticket.id, ClockKind.HANDLE)
    more = offered_limits.extensions(read_limit(row.limit)) if row is not None else ()
    form.more.choices = limits(more, empty=True)
    return form
