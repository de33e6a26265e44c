"""Pages where a channel's unit enters what reached it, and what it did about it."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.channel_entries import case_book, case_reading, entry_turns
from app.channel_entries.case_forms import fields_of, typed_in, words_in
from app.channel_entries.case_reading import CaseShown
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.channel_states import WayIn
from app.channel_entries.demand_form import tell_at_place, with_choices
from app.channel_entries.forms import ActForm, CaseForm, DraftForm, NoteForm, ResultForm
from app.channel_entries.refusals import CaseIsADraft, NoSuchCase
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import as_typed, check_form, filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.phone_numbers import mask
from app.core.row_ids import row_id
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.privacy import service as privacy
from app.privacy.levels import NOTHING_OF_HIM
from app.rules import service as rules
from app.tickets import promises, reading, stepping
from app.tickets.service import Ticket

bp = Blueprint("case_pages", __name__, url_prefix="/channel-cases")


@bp.get("")
@requires(Permission.CHANNEL_CASES_ENTER)
def list_cases() -> ResponseReturnValue:
    """Show the channels of this person's unit, and what was entered for them."""
    unit_id = the_person().unit_id
    chosen = request.args.get("channel", type=row_id)
    drafts = request.args.get("drafts") == "1"
    reader = reading.reader_of(the_person().id)
    channels, now = case_reading.own_channels(unit_id), clock.now()
    page = case_reading.list_cases(
        reader,
        unit_id=unit_id,
        page=request.args.get("page", 1, type=int),
        channel_id=chosen,
        only_drafts=drafts,
    )
    return render_template(
        "channel_entries/cases.html",
        channels=channels,
        turns=entry_turns.turns_of(channels, at=now),
        now=now,
        page=page,
        titles={each.case.id: _title(each, reader) for each in page.items},
        chosen=chosen,
        drafts=drafts,
        WayIn=WayIn,
    )


@bp.get("/new/<int:channel_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def new_case(channel_id: int) -> ResponseReturnValue:
    """Ask for a case."""
    channel = case_reading.own_channel(channel_id, unit_id=the_person().unit_id)
    form = with_choices(DraftForm(formdata=None))
    return _form_page(form, channel, key=uuid4().hex)


@bp.post("/new/<int:channel_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def add_case(channel_id: int) -> ResponseReturnValue:
    """Keep a case as a draft, or enter it."""
    channel = case_reading.own_channel(channel_id, unit_id=the_person().unit_id)
    return _keep_or_enter(channel, shown=None)


@bp.get("/<int:case_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def show_case(case_id: int) -> ResponseReturnValue:
    """Show a draft to be finished, or a case with what was done and what came of it."""
    shown, channel = _case(case_id)
    if shown.ticket is None and not _may_see_whole(shown):
        raise NoSuchCase
    if shown.ticket is not None:
        _note_look(case_id, shown.ticket)
        return _case_page(*_case(case_id))
    data: dict[str, Any] = dict(shown.case.draft)
    received = data.pop("received_at", "")
    if received:
        data["received_at"] = as_typed(datetime.fromisoformat(received))
    form = with_choices(DraftForm(formdata=None, data=data))
    form.version.data = str(shown.case.version)
    return _form_page(form, channel, shown=shown, key=uuid4().hex)


@bp.post("/<int:case_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def finish_case(case_id: int) -> ResponseReturnValue:
    """Keep a draft once more, or enter it."""
    shown, channel = _to_correct(case_id)
    return _keep_or_enter(channel, shown=shown)


@bp.post("/<int:case_id>/discard")
@requires(Permission.CHANNEL_CASES_ENTER)
def discard_draft(case_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    check_form(ActForm())
    with unit_of_work():
        case_book.discard_draft(case_id, unit_id=the_person().unit_id)
    flash(gettext("entries.draft_discarded"), "success")
    return redirect(url_for("channel_entries.case_pages.list_cases"))


@bp.get("/<int:case_id>/correct")
@requires(Permission.CHANNEL_CASES_ENTER)
def ask_for_correction(case_id: int) -> ResponseReturnValue:
    """Show what was entered, to be corrected."""
    shown, channel = _to_correct(case_id)
    if shown.ticket is None:
        return redirect(url_for("channel_entries.case_pages.show_case", case_id=case_id))
    # name and number stand in its fields as they were entered
    _note_look(case_id, shown.ticket, is_unmasked=True)
    shown, channel = _to_correct(case_id)
    if shown.ticket is None:
        raise NoSuchCase
    words = case_reading.words_of(shown.case, shown.ticket, [], [])
    form = with_choices(
        CaseForm(formdata=None, data=fields_of(words)), has_type=shown.ticket.request_type
    )
    form.version.data = str(shown.ticket.version)
    return _form_page(form, channel, shown=shown)


@bp.post("/<int:case_id>/correct")
@requires(Permission.CHANNEL_CASES_ENTER)
def correct_case(case_id: int) -> ResponseReturnValue:
    """Correct what was entered."""
    shown, channel = _to_correct(case_id)
    has_type = shown.ticket.request_type if shown.ticket else ""
    form = with_choices(CaseForm(), has_type=has_type)
    form.handled_by.data = "channel" if shown.ticket and shown.ticket.is_channels_own else "hotline"
    form.source_no.data = shown.case.source_no or ""
    if not form.validate_on_submit():
        return _form_page(form, channel, shown=shown), 422
    try:
        with unit_of_work():
            case_book.correct_case(
                case_id,
                words_in(form),
                unit_id=the_person().unit_id,
                by=the_person().id,
                seen=form.version.data or "",
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _form_page(form, channel, shown=shown), refusal.status
    return _done(case_id, "entries.case_corrected")


@bp.post("/<int:case_id>/notes")
@requires(Permission.CHANNEL_CASES_ENTER)
def note_process(case_id: int) -> ResponseReturnValue:
    """Write down what was done."""
    shown, channel = _case(case_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return _case_page(shown, channel, note=form), 422
    try:
        with unit_of_work():
            case_book.note_process(
                case_id,
                filled(form.text.data),
                unit_id=the_person().unit_id,
                by=the_person().id,
            )
    except Conflict as refusal:
        tell(form, refusal)
        return _case_page(*_case(case_id), note=form), refusal.status
    return _done(case_id, "entries.noted")


@bp.post("/<int:case_id>/result")
@requires(Permission.CHANNEL_CASES_ENTER)
def settle_case(case_id: int) -> ResponseReturnValue:
    """Write down what came of it, with the reply that everybody may read."""
    shown, channel = _case(case_id)
    form = ResultForm()
    if not form.validate_on_submit():
        return _case_page(shown, channel, result=form), 422
    try:
        with unit_of_work():
            case_book.settle_case(
                case_id,
                result=filled(form.result.data),
                public_reply=filled(form.public_reply.data),
                settled_on=moment_of(form.settled_on),
                unit_id=the_person().unit_id,
                by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _case_page(*_case(case_id), result=form), refusal.status
    return _done(case_id, "entries.settled")


@bp.post("/<int:case_id>/hand-over")
@requires(Permission.CHANNEL_CASES_ENTER)
def hand_over(case_id: int) -> ResponseReturnValue:
    """Give a case to the hotline."""
    check_form(ActForm())
    with unit_of_work():
        case_book.hand_over(case_id, unit_id=the_person().unit_id, by=the_person().id)
    return _done(case_id, "entries.handed_over")


def _keep_or_enter(channel: ChannelShown, *, shown: CaseShown | None) -> ResponseReturnValue:
    is_draft = request.form.get("act") == "draft"
    form = with_choices(DraftForm() if is_draft else CaseForm())
    if not form.validate_on_submit():
        return _form_page(form, channel, shown=shown, key=_key()), 422
    try:
        with unit_of_work():
            case_id = _keep(form, channel, shown) if is_draft else _enter(form, channel, shown)
    except (Conflict, Invalid) as refusal:
        tell_at_place(form, refusal)
        return _form_page(form, channel, shown=shown, key=_key()), refusal.status
    return _done(case_id, "entries.draft_kept" if is_draft else "entries.case_entered")


def _keep(form: DraftForm, channel: ChannelShown, shown: CaseShown | None) -> int:
    version = form.version.data or "0"
    return case_book.save_draft(
        channel.id,
        typed_in(form),
        unit_id=the_person().unit_id,
        by=the_person().id,
        case_id=shown.case.id if shown else None,
        version=int(version) if version.isdecimal() else 0,
    )


def _enter(form: DraftForm, channel: ChannelShown, shown: CaseShown | None) -> int:
    key = _key()
    return case_book.enter_case(
        channel.id,
        words_in(form),
        unit_id=the_person().unit_id,
        by=the_person().id,
        case_id=shown.case.id if shown else None,
        once_key=f"channel-{the_person().id}-{key}" if key else None,
    ).id


def _key() -> str:
    return request.form.get("key", "")[:40]


def _case(case_id: int) -> tuple[CaseShown, ChannelShown]:
    unit_id = the_person().unit_id
    reader = reading.reader_of(the_person().id)
    shown = case_reading.case_for(case_id, unit_id=unit_id, reader=reader)
    return shown, case_reading.own_channel(shown.case.channel_id, unit_id=unit_id)


def _to_correct(case_id: int) -> tuple[CaseShown, ChannelShown]:
    """Return a case whose words this person may see whole: they stand in the form."""
    shown, channel = _case(case_id)
    if not _may_see_whole(shown):
        raise NoSuchCase
    return shown, channel


def _note_look(case_id: int, ticket: Ticket, *, is_unmasked: bool = False) -> None:
    with unit_of_work():
        read = _case(case_id)[0].ticket or ticket
        privacy.note_view(
            reading.subject_of(read), viewer_id=the_person().id, level=read.privacy,
            is_unmasked=is_unmasked, address=request.remote_addr or "",
        )  # fmt: skip


def _title(shown: CaseShown, reader: reading.Reader) -> str | None:
    if shown.ticket is not None:
        return reading.title_in_list(shown.ticket, reader)
    return shown.case.draft.get("title") or "\u2013" if _may_see_whole(shown) else None


def _may_see_whole(shown: CaseShown) -> bool:
    """Say whether this person may see all that was entered: of what is confidential, who did."""
    ticket, draft = shown.ticket, shown.case.draft
    if ticket is not None:
        return not ticket.is_confidential or ticket.first_contact_id == the_person().id
    kind = draft.get("request_type")
    is_secret = draft.get("is_confidential") or (
        isinstance(kind, str) and promises.is_secret_by_type(kind)
    )
    return not is_secret or shown.case.begun_by == the_person().id


def _form_page(
    form: DraftForm, channel: ChannelShown, *, shown: CaseShown | None = None, key: str = ""
) -> str:
    return render_template(
        "channel_entries/case_form.html", form=form, channel=channel, shown=shown, key=key
    )


def _case_page(
    shown: CaseShown,
    channel: ChannelShown,
    *,
    note: NoteForm | None = None,
    result: ResultForm | None = None,
) -> str:
    ticket = shown.ticket
    if ticket is None:
        raise CaseIsADraft
    notes = case_reading.notes_of([shown.case.id])[shown.case.id]
    results = case_reading.results_of([shown.case.id])[shown.case.id]
    last = results[-1] if results else None
    is_whole = _may_see_whole(shown)
    if result is None:
        last = last if is_whole else None  # what is hidden is not sent back as if it were typed
        result = ResultForm(
            formdata=None,
            result=last.result if last else "",
            public_reply=last.public_reply if last else "",
            settled_on=as_typed(last.settled_on) if last else None,
        )
    return render_template(
        "channel_entries/case.html",
        shown=shown,
        channel=channel,
        ticket=ticket,
        said=_said(shown),
        say=lambda text: text if is_whole else reading.text_shown(ticket, text, NOTHING_OF_HIM),
        category=rules.get_category(ticket.category_code).name,
        place=organisation.region_path(ticket.town_code or ticket.county_code),
        notes=notes,
        results=results[::-1],
        people=accounts.people(
            {shown.case.begun_by, *(each.by for each in notes), *(each.by for each in results)}
        ),
        may_correct=is_whole and shown.may_be_corrected(clock.now()),
        note=note or NoteForm(formdata=None),
        result=result,
        is_counted_only=stepping.is_counted_only(ticket),
    )


def _said(shown: CaseShown) -> dict[str, str]:
    """Return the words of a case: of one that a colleague entered as confidential, none of him."""
    ticket = shown.ticket
    if ticket is None:
        raise CaseIsADraft
    own = {name: getattr(ticket, name) for name in ("title", "content", "demand", "address")}
    if _may_see_whole(shown):
        return {**own, "caller_name": ticket.caller_name, "number": mask(ticket.contact_number)}
    return reading.words_seen(ticket, NOTHING_OF_HIM)


def _done(case_id: int, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("channel_entries.case_pages.show_case", case_id=case_id))
