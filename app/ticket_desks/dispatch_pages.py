"""The dispatcher's pages: the pools, and what is done with one ticket."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.core import clock
from app.core.errors import Invalid
from app.core.permissions import Permission, may, requires
from app.core.row_ids import row_id
from app.handling import desk_pools, dispatching, disputing, marking, merging, timing
from app.handling.clock_rules import ClockKind
from app.handling.desk_pools import Pool
from app.handling.dispatching import Plan
from app.handling.refusals import MergedIntoItself, UnitTwice
from app.handling.unit_parts import Helper
from app.organisation import service as organisation
from app.organisation import unit_search
from app.rules import service as rules
from app.rules.time_limits import read_limit
from app.ticket_desks import dispatch_picture
from app.ticket_desks.crowd_cards import crowds_shown
from app.ticket_desks.desk_acts import doer, note_look, seen_of, try_act
from app.ticket_desks.dispatch_forms import (
    ASSISTANTS,
    ActForm,
    AgreeForm,
    AskInfoForm,
    BatchForm,
    DesignateForm,
    DispatchForm,
    FollowRulesForm,
    MarksForm,
    MatterForm,
    MergeForm,
    NoteForm,
    PersonKindForm,
    ReasonForm,
    ReferForm,
    RefuseForm,
    RetypeForm,
    TimeForm,
)
from app.ticket_desks.ticket_card import cards_of
from app.tickets import service as tickets
from app.tickets.refusals import NumberMisread
from app.tickets.ticket_numbers import read_number

bp = Blueprint("dispatch", __name__)

TABS = (
    Pool.TO_REVIEW, Pool.TO_DISPATCH, Pool.NEED_INFO, Pool.RETURNS, Pool.TIMES, Pool.SUSPENDED,
    Pool.DISPUTES,
)  # fmt: skip
FILTERS = ("pool", "county", "category", "urgent")
BESIDE_WORDS = frozenset({"seen", "csrf_token"})
CLOCKS = (ClockKind.DISPATCH, ClockKind.HANDLE, ClockKind.CITIZEN)
FORMS: dict[str, type[FlaskForm]] = {
    "dispatch": DispatchForm,
    "ask_info": AskInfoForm,
    "merge": MergeForm,
    "retype": RetypeForm,
    "person_kind": PersonKindForm,
    "matter": MatterForm,
    "marks": MarksForm,
    "refer": ReferForm,
    "agree": AgreeForm,
    "refuse": RefuseForm,
    "time": TimeForm,
    "designate": DesignateForm,
    "approve_intake": NoteForm,
    "resume": NoteForm,
    "void": ReasonForm,
    "reopen": ReasonForm,
    "split_off": ReasonForm,
    "follow_rules": FollowRulesForm,
}


@bp.get("/dispatch")
@requires(Permission.DISPATCH_POOL_READ)
def show_pool() -> ResponseReturnValue:
    """Show what waits: urgent first, then what is due first; acts only to who may dispatch."""
    return pool_page(BatchForm())


@bp.get("/dispatch/<int:ticket_id>")
@requires(Permission.TICKETS_DISPATCH)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket with everything that can be done with it now."""
    note_look(dispatch_picture.read, ticket_id)
    return ticket_page(ticket_id)


@bp.post("/dispatch/<int:ticket_id>")
@requires(Permission.TICKETS_DISPATCH)
def dispatch(ticket_id: int) -> ResponseReturnValue:
    """Send a ticket to a unit; the next of the pool opens."""
    return act_on(
        ticket_id, "dispatch", _dispatch, "ticket_desks.dispatched",
        given=lambda form: {"plan": _plan_in(form, ticket_id), "form": form},
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/ask-info")
@requires(Permission.TICKETS_DISPATCH)
def ask_info(ticket_id: int) -> ResponseReturnValue:
    """Ask the agent for what is missing."""
    return act_on(ticket_id, "ask_info", dispatching.ask_info, "ticket_desks.info_asked")


@bp.post("/dispatch/<int:ticket_id>/merge")
@requires(Permission.TICKETS_DISPATCH)
def merge(ticket_id: int) -> ResponseReturnValue:
    """Let a ticket follow another one of the same matter."""
    return act_on(
        ticket_id, "merge", merging.merge, "ticket_desks.merged",
        given=lambda form: {"master_id": master_of(form.master.data or "")},
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/retype")
@requires(Permission.TICKETS_DISPATCH)
def retype(ticket_id: int) -> ResponseReturnValue:
    """Correct what kind of demand it is."""
    return act_on(
        ticket_id, "retype", timing.retype, "ticket_desks.retyped", stays=True,
        given=lambda form: {
            "new": form.request_type.data or "", "reason": form.reason.data or "",
        },
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/marks")
@requires(Permission.TICKETS_DISPATCH)
def mark(ticket_id: int) -> ResponseReturnValue:
    """Let a ticket carry these flags and tags."""
    return act_on(
        ticket_id, "marks", marking.mark, "ticket_desks.marked", stays=True,
        given=lambda form: {"flags": form.flags.data or (), "wanted": form.tags.data or ()},
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/refer")
@requires(Permission.TICKETS_DISPATCH)
def refer(ticket_id: int) -> ResponseReturnValue:
    """Let the hotline's manager decide whose duty it is."""
    return act_on(ticket_id, "refer", disputing.refer, "ticket_desks.referred")


def pool_page(form: FlaskForm, **more: Any) -> str:
    """Draw a pool; `more` holds what a batch has to say about its rows."""
    args = request.args
    asked = desk_pools.Asked(
        pool=_pool(args.get("pool", "")),
        county_code=args.get("county", "")[:16],
        category_code=args.get("category", "")[:8],
        only_urgent=args.get("urgent") == "yes",
        after=args.get("after", "")[:80],
    )
    page = desk_pools.waiting_in(asked)
    found = [each.ticket for each in page.rows]
    cards = cards_of(found, clocks=CLOCKS)
    acts = may(Permission.TICKETS_DISPATCH)
    waits = asked.pool is Pool.TO_DISPATCH
    takes = waits and acts
    rows = [
        (card, waiting.since, dispatch_picture.offers(waiting.ticket)[:1] if takes else [])
        for card, waiting in zip(cards, page.rows, strict=True)
    ]
    return render_template(
        "ticket_desks/pool.html",
        tabs=TABS, counts=desk_pools.counted(), asked=asked, rows=rows, after=page.after,
        filters=filters(), now=clock.now(), form=form, act_form=ActForm(formdata=None),
        counties=organisation.list_counties(),
        categories=[each for each in rules.list_categories() if not each.parent_code],
        units=dispatch_picture.unit_list() if takes else [],
        crowds=crowds_shown() if waits else [],
        acts=acts,
        **{"told": {}, "merging": None, **more},
    )  # fmt: skip


def ticket_page(ticket_id: int, **refused: FlaskForm) -> str:
    """Draw one ticket; a form that was refused keeps what was typed, and learns what came since."""
    ticket = dispatch_picture.read(ticket_id)
    seen = None
    forms = {name: kind(formdata=None, prefix=name) for name, kind in FORMS.items()}
    for form in refused.values():
        seen = seen_of(form)
    forms.update(refused)
    picture = dispatch_picture.picture(ticket, seen=seen)
    _preselect(forms, picture, refused)
    for form in forms.values():
        form["seen"].data = str(ticket.version)
    return render_template("ticket_desks/ticket.html", forms=forms, filters=filters(), **picture)


def filters() -> dict[str, Any]:
    """Return the filters of the pool that this request came from."""
    return {name: request.args[name][:16] for name in FILTERS if request.args.get(name)}


def next_of_pool(told: str, **parameters: Any) -> ResponseReturnValue:
    """Say what was done and open the next ticket of the pool; the pool itself when it is empty."""
    flash(gettext(told, **parameters), "success")
    kept = filters()
    asked = desk_pools.Asked(
        pool=_pool(kept.get("pool", "")),
        county_code=kept.get("county", ""),
        category_code=kept.get("category", ""),
        only_urgent=kept.get("urgent") == "yes",
    )
    rows = desk_pools.waiting_in(asked, limit=1).rows
    here = "ticket_desks.dispatch."
    if not rows:
        return redirect(url_for(f"{here}show_pool", **kept))
    return redirect(url_for(f"{here}show_ticket", ticket_id=rows[0].ticket.id, **kept))


def master_of(number: str) -> int:
    """Return the id of the ticket with this number, typed as it is read aloud or printed.

    Raises NumberMisread where its check digit does not fit, MergedIntoItself for none of ours.
    """
    asked = read_number(number)
    if asked.is_wrong:
        raise NumberMisread(field="master", number=asked.number)
    found = tickets.find_by_number(asked.number)
    if found is None:
        raise MergedIntoItself(field="master")
    return found.id


def words_in(form: FlaskForm) -> Mapping[str, str]:
    """Return what stands in the fields of a form that has only words, by their names."""
    return {
        field.short_name: field.data or "" for field in form if field.short_name not in BESIDE_WORDS
    }


def act_on(
    ticket_id: int,
    name: str,
    act: Callable[..., Any],
    told: str,
    *,
    given: Callable[[Any], Mapping[str, Any]] = words_in,
    stays: bool = False,
) -> ResponseReturnValue:
    """Do an act of the ticket's page with what its form holds, as the person at this request.

    `given` makes of the form what `act` is asked with beside the ticket. Afterwards the next of the
    pool opens, or (`stays`) the page again.
    """
    number, form = dispatch_picture.read(ticket_id).number, FORMS[name](prefix=name)

    def do() -> None:
        act(ticket_id, **given(form), doer=doer(), seen=seen_of(form))

    def done() -> ResponseReturnValue:
        if not stays:
            return next_of_pool(told, number=number)
        flash(gettext(told, number=number), "success")
        kept = filters()
        return redirect(url_for("ticket_desks.dispatch.show_ticket", ticket_id=ticket_id, **kept))

    return try_act(form, do, done=done, again=lambda: ticket_page(ticket_id, **{name: form}))


def _dispatch(ticket_id: int, *, plan: Plan, form: DispatchForm, **by: Any) -> None:
    """Dispatch; what is refused about one of several units stands beside the field it came by."""
    try:
        dispatching.dispatch(ticket_id, plan, **by)
    except Invalid as refusal:
        if isinstance(unit_id := refusal.parameters.get("unit_id"), int):
            refusal.field = _field_of(form, plan, unit_id, is_limit=refusal.field == "limit")
        raise


def _field_of(form: DispatchForm, plan: Plan, unit_id: int, *, is_limit: bool) -> str:
    filled = [nth for nth in range(1, ASSISTANTS + 1) if form[f"assistant_{nth}"].data]
    for nth, helper in zip(filled, plan.assistants, strict=True):
        if helper.unit_id == unit_id:
            return f"limit_{nth}" if is_limit else f"assistant_{nth}"
    return "lead"


def _plan_in(form: DispatchForm, ticket_id: int) -> Plan:
    unit_id = request.form.get("proposal", type=row_id)
    if unit_id is None:
        unit_id = unit_search.find_unit(form.lead.data or "", field="lead").id
    return dispatch_picture.plan_for(
        dispatch_picture.read(ticket_id), unit_id, assistants=_helpers(form),
        note=form.note.data or "",
    )  # fmt: skip


def _helpers(form: DispatchForm) -> list[Helper]:
    found: list[Helper] = []
    for nth in range(1, ASSISTANTS + 1):
        field = form[f"assistant_{nth}"]
        if not field.data:
            continue
        unit_id = unit_search.find_unit(field.data, field=field.short_name).id
        if unit_id in {each.unit_id for each in found}:
            raise UnitTwice(field=field.short_name)
        found.append(Helper(unit_id=unit_id, limit=read_limit(form[f"limit_{nth}"].data)))
    return found


def _preselect(
    forms: dict[str, FlaskForm], picture: dict[str, Any], refused: dict[str, FlaskForm]
) -> None:
    """Whom a unit that gave it back proposed stands in the field already."""
    forms["follow_rules"]["clock"].choices = picture["other_rules"]
    if "retype" not in refused:
        forms["retype"]["request_type"].data = str(picture["ticket"].request_type)
    if "person_kind" not in refused:
        forms["person_kind"]["person_kind"].data = str(picture["ticket"].person_kind or "")
    forms["matter"].offer(picture["ticket"])
    if "matter" not in refused:
        for name, written in dispatch_picture.matter_written(picture["ticket"]).items():
            forms["matter"][name].data = written
    if "marks" not in refused:
        forms["marks"]["flags"].data = picture["ticket"].flags
        forms["marks"]["tags"].data = picture["ticket"].tags
    agreed = [each for each in picture["returns"] if each.state == "agreed"]
    if "dispatch" not in refused and agreed and picture["ticket"].state.value == "to_dispatch":
        forms["dispatch"]["lead"].data = agreed[-1].proposed


def _pool(name: str) -> Pool:
    return Pool(name) if name in set(TABS) else Pool.TO_DISPATCH
