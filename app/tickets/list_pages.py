"""The list of tickets: narrowed, walked, kept under names, and acted upon row by row."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Refusal
from app.core.forms import check_form
from app.core.handed_down import given
from app.core.languages import current_language
from app.core.permissions import Permission, may, requires
from app.core.row_ids import is_id, row_id
from app.core.sign_in import the_person
from app.tickets import (
    bulk_acts,
    exports,
    outside_numbers,
    reading,
    saved_views,
    type_names,
)
from app.tickets.bulk_acts import BulkAct, BulkOutcome, Hand
from app.tickets.export_states import SheetKind
from app.tickets.forms import ActForm, ViewForm
from app.tickets.list_cursor import BadPlace, Place, read_place, write_place
from app.tickets.list_names import ListNames, person_name
from app.tickets.list_wanted import OPEN, Sort, TicketsWanted, unfit_days, wanted_from
from app.tickets.refusals import TooManyViews
from app.tickets.service import read_ticket
from app.tickets.ticket_flags import TicketFlag
from app.tickets.ticket_list import ListPage, page_of_list
from app.tickets.ticket_numbers import read_number
from app.tickets.ticket_states import TicketState, Urgency

bp = Blueprint("lists", __name__)

LONGEST_TYPED = 500


@bp.get("/tickets")
@requires(Permission.TICKETS_READ)
def list_tickets() -> ResponseReturnValue:
    """Show the tickets this person may read; an address that chooses nothing opens his own view."""
    if not request.args:
        view = saved_views.first_view_of(the_person().id)
        if view is not None:
            return redirect(url_for("tickets.lists.list_tickets", view=view.id))
    return _page()


@bp.post("/tickets/views")
@requires(Permission.TICKETS_READ)
def save_view() -> ResponseReturnValue:
    """Keep what the list is narrowed by under a name."""
    form = ViewForm()
    if not form.validate_on_submit():
        return _page(view_form=form), 422
    try:
        with unit_of_work():
            view = saved_views.save_view(
                wanted_from(request.args),
                name=form.name.data or "",
                owner_id=the_person().id,
                is_shared=bool(form.is_shared.data) and may(Permission.TICKETS_SHARE_VIEWS),
                is_first=bool(form.is_first.data),
            )
            view_id = view.id
    except TooManyViews as refusal:
        form.name.errors = [sentence(refusal.code, refusal.parameters)]
        return _page(view_form=form), refusal.status
    flash(gettext("views.saved", name=form.name.data or ""), "success")
    return redirect(url_for("tickets.lists.list_tickets", view=view_id))


@bp.post("/tickets/views/<int:view_id>/first")
@requires(Permission.TICKETS_READ)
def open_with_view(view_id: int) -> ResponseReturnValue:
    """Let this person's list open with one of his views."""
    check_form(ActForm())
    with unit_of_work():
        saved_views.open_with(view_id, owner_id=the_person().id)
    return redirect(url_for("tickets.lists.list_tickets", view=view_id))


@bp.post("/tickets/views/<int:view_id>/remove")
@requires(Permission.TICKETS_READ)
def remove_view(view_id: int) -> ResponseReturnValue:
    """Remove one of this person's views."""
    check_form(ActForm())
    with unit_of_work():
        name = saved_views.remove_view(view_id, owner_id=the_person().id)
    flash(gettext("views.removed", name=name), "success")
    return redirect(url_for("tickets.lists.list_tickets", sort=Sort.NEWEST))


@bp.post("/tickets/bulk")
@requires(Permission.TICKETS_READ)
def act_on_several() -> ResponseReturnValue:
    """Do one act with the ticked rows; what is refused stands beside its row, ticked as before."""
    check_form(ActForm())
    act = bulk_acts.find_act(request.form.get("act", ""))
    ids = _ticked()
    if act is None or not may(act.permission) or not ids:
        flash(gettext("bulk.nothing_chosen"), "warning")
        return _page(outcome=BulkOutcome(act=act.name if act else "")), 422
    outcome = _do(act, ids)
    if not outcome.refused:
        flash(gettext("bulk.done", count=len(outcome.done)), "success")
        return redirect(outcome.goes_to or _here())
    return _page(outcome=outcome), 409


def _do(act: BulkAct, ids: list[int]) -> BulkOutcome:
    person = the_person()
    hand = Hand(
        person_id=person.id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
        typed={name: request.form.get(name, "")[:LONGEST_TYPED].strip() for name in act.fields},
        query=wanted_from(request.args).as_query(),
    )
    done: list[int] = []
    refused: dict[int, str] = {}
    for ticket_id in ids:
        try:
            with unit_of_work():
                act.do(ticket_id, hand)
        except Refusal as refusal:
            refused[ticket_id] = sentence(refusal.code, refusal.parameters)
        else:
            done.append(ticket_id)
    goes_to = ""
    if act.finish is not None and done:
        with unit_of_work():
            goes_to = act.finish(done, hand)
    return BulkOutcome(act=act.name, done=done, refused=refused, typed=hand.typed, goes_to=goes_to)


def _ticked() -> list[int]:
    ticked = [each for each in request.form.getlist("ids") if is_id(each)]
    return list(dict.fromkeys(int(each) for each in ticked))[: bulk_acts.MOST_ROWS]


def _page(*, outcome: BulkOutcome | None = None, view_form: ViewForm | None = None) -> str:
    person = the_person()
    reader = reading.reader_of(person.id)
    view_id = request.args.get("view", type=row_id)
    view = saved_views.view_for(view_id, person_id=person.id) if view_id else None
    wanted = saved_views.wanted_by(view) if view else wanted_from(request.args)
    place = _place(wanted)
    page = page_of_list(wanted, reader, place=place)
    asked = {"view": str(view.id)} if view else wanted.as_query()
    return render_template(
        "tickets/list.html",
        page=page,
        titles={each.id: reading.title_in_list(each, reader) for each in page.tickets},
        type_names=type_names.type_names(list(page.tickets)),
        is_wrong_number=read_number(wanted.text).is_wrong,
        called_so=outside_numbers.tickets_called(wanted.text, reader),
        wanted=wanted,
        unfit_days={} if view else unfit_days(request.args),
        asked=asked,
        query=wanted.as_query(),
        view=view,
        views=saved_views.views_of(person.id),
        view_form=view_form or ViewForm(formdata=None),
        outcome=outcome or BulkOutcome(),
        acts=[each for each in bulk_acts.offered() if may(each.permission)],
        person_id=person.id,
        now=clock.now(),
        **_links(page, wanted, asked),
        **_choices(wanted, page),
    )


def _place(wanted: TicketsWanted) -> Place | None:
    """Return where the page begins; an address that was not made here begins at the beginning."""
    text = request.args.get("at", "")
    if not text:
        return None
    try:
        return read_place(text, wanted, secret=current_app.config["SECRET_KEY"])
    except BadPlace:
        flash(gettext("tickets.list_from_the_beginning"), "warning")
        return None


def _links(page: ListPage, wanted: TicketsWanted, asked: Mapping[str, str]) -> dict[str, str]:
    def link(place: Place | None) -> str:
        if place is None:
            return ""
        at = write_place(place, wanted, secret=current_app.config["SECRET_KEY"])
        values: dict[str, Any] = {**asked, "at": at}
        return url_for("tickets.lists.list_tickets", **values)

    return {"before": link(page.before), "behind": link(page.behind)}


def _here() -> str:
    values: dict[str, Any] = request.args.to_dict()
    return url_for("tickets.lists.list_tickets", **values)


def _choices(wanted: TicketsWanted, page: ListPage) -> dict[str, Any]:
    """Return what the filters offer, code and name; the towns only of the chosen county."""
    names = given(ListNames).at(clock.now())
    is_english = current_language() == "en"
    of_rows = accounts.people({each.first_contact_id for each in page.tickets})
    return {
        "states": [OPEN, *(each.value for each in TicketState)],
        "types": type_names.types_until_now(),
        "urgencies": [each.value for each in Urgency],
        "flags": [each.value for each in TicketFlag],
        "tags": {code: said[is_english] for code, said in names.tags.items()},
        "sorts": [each.value for each in Sort],
        "names": names,
        "towns": names.towns.get(wanted.county, {}),
        "first_contacts": {
            id_: person_name(each.work_number, each.name) for id_, each in of_rows.items()
        },
    }


def _check_readable(ticket_id: int, hand: Hand) -> None:
    read_ticket(ticket_id, reader_id=hand.person_id, reads_confidential=hand.reads_confidential)


def _export_chosen(ids: Sequence[int], hand: Hand, *, kind: SheetKind) -> str:
    exports.ask_export(wanted_from(hand.query), kind=kind, owner_id=hand.person_id, ticket_ids=ids)
    return url_for("tickets.exports.list_exports")


def offer_exports() -> None:
    """Offer lists to take the ticked tickets out as a file."""
    for kind in SheetKind:
        bulk_acts.offer(
            BulkAct(
                name=f"export_{kind}",
                permission=Permission.TICKETS_EXPORT,
                do=_check_readable,
                finish=partial(_export_chosen, kind=kind),
            )
        )
