"""Several tickets in one act: to one lead, or of one incident after one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Invalid, Refusal
from app.core.forms import tell
from app.core.permissions import Permission, requires
from app.handling import acting, dispatching, merging
from app.organisation import unit_search
from app.ticket_desks import dispatch_picture
from app.ticket_desks.desk_acts import LONGEST_VERSION, doer
from app.ticket_desks.dispatch_forms import BatchForm, MergeAllForm
from app.ticket_desks.dispatch_pages import filters, master_of, pool_page
from app.ticket_desks.ticket_card import TicketCard, cards_of
from app.tickets import service as tickets
from app.tickets.service import Ticket

bp = Blueprint("batch", __name__)

MOST_AT_ONCE = 100


class NothingChosen(Invalid):
    """An act on several tickets needs some."""

    code = "nothing-chosen"


class TooManyChosen(Invalid):
    """One act takes at most `most` tickets."""

    code = "too-many-chosen"


@dataclass(frozen=True)
class Chosen:
    """A ticket that was ticked, and the version that its row showed."""

    ticket_id: int
    seen: int


@bp.post("/dispatch-batch")
@requires(Permission.TICKETS_DISPATCH)
def dispatch_batch() -> ResponseReturnValue:
    """Send all that were ticked to one lead; who is refused stands with why, the rest are done."""
    form = BatchForm()
    if not form.validate_on_submit():
        return pool_page(form), 422
    try:
        chosen = chosen_of(form.chosen.data or [])
        unit_id = unit_search.find_unit(form.lead.data or "", field="lead").id
    except Invalid as refusal:
        tell(form, refusal)
        return pool_page(form), refusal.status
    told: dict[int, str] = {}
    for each in chosen:
        try:
            _send(each, unit_id, note=form.note.data or "")
        except Refusal as refusal:
            told[each.ticket_id] = sentence(refusal.code, refusal.parameters)
    done = len(chosen) - len(told)
    if done:
        flash(gettext("ticket_desks.batch_done", count=done), "success")
    if not told:
        return redirect(url_for("ticket_desks.dispatch.show_pool", **filters()))
    form.form_errors.append(gettext("ticket_desks.batch_refused", count=len(told)))
    return pool_page(form, told=told, refused=_refused(told)), 409


@bp.post("/dispatch-merge")
@requires(Permission.TICKETS_DISPATCH)
def merge_batch() -> ResponseReturnValue:
    """Show which tickets would follow which; once that was seen, do it: all or none."""
    form = MergeAllForm()
    try:
        chosen = chosen_of(form.chosen.data or [])
    except Invalid as refusal:
        batch = BatchForm()  # the unit and the note typed beside the button stay
        tell(batch, refusal)
        return pool_page(batch), refusal.status
    found = [dispatch_picture.read(each.ticket_id) for each in chosen]
    if not form.master.data:
        form.master.data = _oldest(found).number
    if request.form.get("is_seen") != "yes":
        return _preview(form, found)
    if not form.validate_on_submit():
        return _preview(form, found), 422
    try:
        with unit_of_work():
            master_id = master_of(form.master.data or "")
            for each in chosen:
                _refuse_changed(each)
            merged = merging.merge_all([each.ticket_id for each in chosen], master_id, doer=doer())
    except Refusal as refusal:
        tell(form, refusal)
        return _preview(form, found), refusal.status
    flash(gettext("ticket_desks.merged_all", count=len(merged), number=form.master.data), "success")
    return redirect(url_for("ticket_desks.dispatch.show_pool", **filters()))


def chosen_of(ticked: Sequence[str]) -> list[Chosen]:
    """Read what was ticked, `id:version` each. Raises NothingChosen, TooManyChosen."""
    found: dict[int, Chosen] = {}
    for each in ticked:
        parts = each.split(":")
        fits = all(
            part.isascii() and part.isdigit() and len(part) <= LONGEST_VERSION for part in parts
        )
        if len(parts) == len(("id", "version")) and fits:
            found[int(parts[0])] = Chosen(int(parts[0]), int(parts[1]))
    if not found:
        raise NothingChosen(field="chosen")
    if len(found) > MOST_AT_ONCE:
        raise TooManyChosen(field="chosen", most=MOST_AT_ONCE)
    return list(found.values())


def _send(chosen: Chosen, unit_id: int, *, note: str) -> None:
    ticket = dispatch_picture.read(chosen.ticket_id)
    plan = dispatch_picture.plan_for(ticket, unit_id, note=note)
    with unit_of_work():
        dispatching.dispatch(chosen.ticket_id, plan, doer=doer(), seen=chosen.seen)


def _refuse_changed(chosen: Chosen) -> None:
    acting.refuse_unseen(tickets.get_ticket(chosen.ticket_id), chosen.seen)


def _oldest(found: Sequence[Ticket]) -> Ticket:
    return min(found, key=lambda each: (each.opened_at, each.id))


def _refused(told: dict[int, str]) -> list[TicketCard]:
    """Who was refused stands above the pool too: he may not be in it any more."""
    return cards_of([dispatch_picture.read(each) for each in told if _is_there(each)])


def _is_there(ticket_id: int) -> bool:
    try:
        dispatch_picture.read(ticket_id)
    except Refusal:
        return False
    return True


def _preview(form: MergeAllForm, found: Sequence[Ticket]) -> str:
    batch = BatchForm(formdata=None)
    merging_now = {"form": form, "cards": cards_of(found), "versions": form.chosen.data}
    return pool_page(batch, merging=merging_now)
