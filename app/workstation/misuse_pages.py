"""Misuse of the hotline: what agents marked, what was decided, appeals. Nobody is shut out."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.callers import misuse
from app.callers.misuse_rules import Measure, RestrictionLevel, UnfitLevel
from app.callers.misuse_states import MarkState
from app.core.database import let_go, unit_of_work
from app.core.error_pages import wants_json
from app.core.errors import Conflict, Invalid, NotAllowed, OutsideSystemDown
from app.core.forms import check_form, filled, tell
from app.core.permissions import TABLE, Permission, Role, requires
from app.core.sign_in import the_person
from app.privacy import service as privacy
from app.privacy.looks import Deed, Subject, SubjectKind
from app.recordings import listening
from app.recordings import service as recordings
from app.workstation import evidence_files, evidence_pack
from app.workstation.evidence_files import Pack
from app.workstation.misuse_forms import (
    AppealForm,
    ConfirmForm,
    DismissForm,
    EvidenceForm,
    WordsForm,
)

bp = Blueprint("misuse", __name__, url_prefix="/misuse")


@bp.get("")
@requires(Permission.CALLERS_RESTRICT)
def list_marks() -> ResponseReturnValue:
    """Show what is to be decided, what holds now, and what was decided lately."""
    to_decide = misuse.marks_in([MarkState.TO_DECIDE])
    decided = misuse.marks_in([MarkState.CONFIRMED, MarkState.DISMISSED], limit=50)
    held = misuse.held_now()
    ids = {each.marked_by for each in (*to_decide, *decided)}
    ids |= {each.decided_by for each in decided if each.decided_by}
    return render_template(
        "callers/misuse.html",
        to_decide=to_decide,
        held=held,
        marked_calls=misuse.calls_of_marks({each.mark_id for each in held if each.mark_id}),
        decided=decided,
        people=accounts.people(ids),
    )


@bp.get("/<int:mark_id>")
@requires(Permission.CALLERS_RESTRICT)
def show_mark(mark_id: int) -> ResponseReturnValue:
    """Show one mark: what was said, whether it was heard and warned, what was decided, appeals."""
    return _page(mark_id)


@bp.post("/<int:mark_id>/warned")
@requires(Permission.CALLERS_RESTRICT)
def note_warned(mark_id: int) -> ResponseReturnValue:
    """Note that the caller was told the warning."""
    with unit_of_work():
        misuse.note_warned(mark_id, by=the_person().id)
    return redirect(url_for(".show_mark", mark_id=mark_id))


@bp.post("/<int:mark_id>/confirm")
@requires(Permission.CALLERS_RESTRICT)
def confirm(mark_id: int) -> ResponseReturnValue:
    """Restrict the number for a time: after the recording was heard and the caller warned."""
    form = ConfirmForm(prefix="confirm")

    def decide(by: int) -> None:
        call_id = misuse.get_mark(mark_id).call_id
        misuse.confirm(
            mark_id,
            Measure(
                level=RestrictionLevel(filled(form.level.data)),
                days=filled(form.days.data),
                daily_limit=form.daily_limit.data,
                special_agent_id=_agent(form.special_agent.data or ""),
            ),
            words=form.words.data or "",
            heard_by={play.played_by for play in recordings.plays_of_call(call_id)},
            by=by,
        )

    return _decided(mark_id, form, decide)


@bp.post("/<int:mark_id>/dismiss")
@requires(Permission.CALLERS_RESTRICT)
def dismiss(mark_id: int) -> ResponseReturnValue:
    """Say that it was no misuse, and why."""
    form = DismissForm(prefix="dismiss")
    words = form.words.data or ""
    return _decided(mark_id, form, lambda by: misuse.dismiss(mark_id, words=words, by=by))


@bp.post("/<int:mark_id>/restrictions/<int:restriction_id>/appeal")
@requires(Permission.CALLERS_RESTRICT)
def appeal(mark_id: int, restriction_id: int) -> ResponseReturnValue:
    """Write down what somebody who is restricted says against it."""
    form = WordsForm(prefix="appeal")
    words = form.words.data or ""
    return _decided(
        mark_id, form, lambda by: misuse.appeal(restriction_id, words=words, received_by=by)
    )


@bp.post("/<int:mark_id>/appeals/<int:appeal_id>")
@requires(Permission.CALLERS_RESTRICT)
def decide_appeal(mark_id: int, appeal_id: int) -> ResponseReturnValue:
    """Lift the restriction, or leave it; by somebody else than who put it."""
    form = AppealForm(prefix="decide")
    return _decided(
        mark_id,
        form,
        lambda by: misuse.decide_appeal(
            appeal_id,
            is_granted=form.decision.data == "granted",
            words=form.words.data or "",
            by=by,
        ),
    )


@bp.post("/<int:mark_id>/evidence")
@requires(Permission.CALLERS_RESTRICT)
def take_evidence(mark_id: int) -> ResponseReturnValue:
    """Send a case as a file for an authority; who took it stands in the audit before it goes."""
    misuse.get_mark(mark_id)
    form = EvidenceForm(prefix="evidence")
    if not form.validate_on_submit():
        if wants_json():
            check_form(form)
        return _page(mark_id, sent=form), 422
    taking = evidence_pack.Taking(
        mark_id=mark_id,
        reason=form.words.data or "",
        reference=form.reference.data or "",
        listener=listening.listener_now(),
    )
    try:
        with unit_of_work():
            case = evidence_pack.open_case(taking)
        let_go()  # a store may be slow, and the files are many
        pack = evidence_files.write_pack(case)
    except (Conflict, OutsideSystemDown) as refusal:
        if wants_json():
            raise
        tell(form, refusal)
        return _page(mark_id, sent=form), refusal.status
    with unit_of_work():
        _note_taken(pack, address=request.remote_addr or "")
    return _sent(pack)


def _note_taken(pack: Pack, *, address: str) -> None:
    taking = pack.case.taking
    by = taking.listener.person_id
    for recording_id in pack.altered:
        recordings.tell_altered(recording_id)
    for each in pack.case.marks:
        call_id = each.call.call_id
        subject = Subject(kind=SubjectKind.CALL, id=call_id, name=str(call_id))
        privacy.note_view(
            subject, viewer_id=by, deed=Deed.EXPORTED, is_unmasked=True, address=address
        )
    misuse.note_evidence_taken(
        taking.mark_id,
        reason=taking.reason,
        reference=taking.reference,
        sha256=pack.sha256,
        files=pack.files,
        taken_by=by,
    )


def _sent(pack: Pack) -> ResponseReturnValue:
    answer = send_file(
        pack.content, mimetype="application/zip", as_attachment=True, download_name=pack.name
    )
    answer.content_length = pack.size_bytes
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _decided(mark_id: int, form: FlaskForm, decide: Callable[[int], object]) -> ResponseReturnValue:
    """Save a decision; what cannot be saved comes back with the word beside it."""
    misuse.get_mark(mark_id)
    if not form.validate_on_submit():
        if wants_json():
            check_form(form)
        return _page(mark_id, sent=form), 422
    by = the_person().id
    try:
        with unit_of_work():
            decide(by)
    except (Conflict, Invalid, NotAllowed) as refusal:
        if wants_json():
            raise
        tell(form, refusal)
        return _page(mark_id, sent=form), refusal.status
    flash(gettext("misuse.saved"), "success")
    return redirect(url_for(".show_mark", mark_id=mark_id))


def _agent(work_number: str) -> int | None:
    """Return who has this work number and a desk. Raises UnfitLevel for anybody else."""
    if not work_number:
        return None
    person = accounts.find_by_work_number(work_number)
    if person is None or Permission.DESK_USE not in TABLE[Role(person.role)]:
        raise UnfitLevel(field="special_agent")
    return person.id


def _page(mark_id: int, *, sent: FlaskForm | None = None) -> str:
    mark = misuse.get_mark(mark_id)
    plays = recordings.plays_of_call(mark.call_id)
    held = misuse.restrictions_of(mark_id)
    appeals = misuse.appeals_of([each.id for each in held])
    ids = {mark.marked_by, mark.decided_by, mark.warned_by}
    ids |= {play.played_by for play in plays} | {each.special_agent_id for each in held}
    ids |= {each.put_by for each in held} | {each.lifted_by for each in held}
    ids |= {each.received_by for each in appeals} | {each.decided_by for each in appeals}
    forms = {
        kind: sent if _is(sent, kind) else form(formdata=None, prefix=kind)
        for kind, form in FORMS.items()
    }
    return render_template(
        "callers/misuse_mark.html",
        mark=mark,
        own_id=the_person().id,
        has_heard=the_person().id in {play.played_by for play in plays},
        plays=plays,
        held=held,
        appeals=appeals,
        forms=forms,
        people=accounts.people({each for each in ids if each is not None}),
    )


def _is(sent: FlaskForm | None, kind: str) -> bool:
    """Say whether this is the form whose fields begin with that name."""
    return sent is not None and sent.words.name.startswith(f"{kind}-")


FORMS: dict[str, type[FlaskForm]] = {
    "confirm": ConfirmForm,
    "dismiss": DismissForm,
    "appeal": WordsForm,
    "decide": AppealForm,
    "evidence": EvidenceForm,
}
"""The forms of a mark's page; the name is also what their fields begin with."""
