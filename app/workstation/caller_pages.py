"""The caller on the desk, and the pages of persons who called."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from app.callers import person_changes, person_list
from app.callers import service as callers
from app.callers.refusals import CallerChangedMeanwhile
from app.callers.shown_names import shown_name
from app.calls import call_persons
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import sentence, wants_json
from app.core.errors import Conflict, Invalid
from app.core.forms import check_form, filled
from app.core.languages import current_language
from app.core.permissions import Permission, may, requires
from app.core.sign_in import background, the_person
from app.privacy import service as privacy
from app.privacy.forms import UnmaskForm
from app.privacy.looks import Subject, SubjectKind
from app.privacy.uncovering import UnmaskReason
from app.workstation import caller_forgetting, caller_history, pops
from app.workstation.asked import asked_body, whole
from app.workstation.caller_forms import (
    ForgetForm,
    MergeForm,
    NumberForm,
    PersonForm,
    RemoveNumberForm,
    SearchForm,
    SplitForm,
)

bp = Blueprint("caller_pages", __name__)

FORMS: dict[str, type[FlaskForm]] = {
    "person": PersonForm,
    "number": NumberForm,
    "remove": RemoveNumberForm,
    "merge": MergeForm,
    "split": SplitForm,
    "unmask": UnmaskForm,
    "forget": ForgetForm,
}


@bp.put("/desk/calls/<int:call_id>/caller")
@requires(Permission.DESK_USE)
def choose_caller(call_id: int) -> ResponseReturnValue:
    """Remember on the call who of several behind its number calls; 0: nobody can say."""
    caller_id = whole(asked_body().get("caller_id")) or None
    agent_id = the_person().id
    with unit_of_work():
        call_queue.check_is_on_desk(agent_id, call_id=call_id)
        call_persons.choose_caller(call_id, caller_id=caller_id, chosen_by=agent_id)
    return {"caller_id": caller_id}


@bp.post("/desk/calls/<int:call_id>/look-again")
@background
@requires(Permission.DESK_USE)
def look_again(call_id: int) -> ResponseReturnValue:
    """Look up anew what the pop lacked; what is found comes as a fact."""
    pops.look_again(agent_id=the_person().id, call_id=call_id)
    return "", 204


@bp.get("/callers")
@requires(Permission.CALLERS_READ)
def list_callers() -> ResponseReturnValue:
    """Show who called, the newest first."""
    page = person_list.find_persons("", page=request.args.get("page", 1, type=int))
    return _list(page, SearchForm())


@bp.post("/callers/search")
@requires(Permission.CALLERS_READ)
def search_callers() -> ResponseReturnValue:
    """Show the first persons with this name or number."""
    form = SearchForm()
    if not form.validate_on_submit():
        if wants_json():
            check_form(form)
        return _list(None, form), 422
    return _list(person_list.find_persons(form.text.data or ""), form)


@bp.get("/callers/<int:caller_id>")
@requires(Permission.CALLERS_READ)
def show_caller(caller_id: int) -> ResponseReturnValue:
    """Show one person: numbers, tickets, calls and what they left; masked. Who saw it is kept."""
    stands = callers.stands_for(callers.get_caller(caller_id))
    if stands.id != caller_id:
        return redirect(url_for(".show_caller", caller_id=stands.id))
    reader_id = the_person().id
    with unit_of_work():
        opened = privacy.open_for(_subject(caller_id), person_id=reader_id)
        privacy.note_view(
            _subject(caller_id),
            viewer_id=reader_id,
            is_unmasked=opened is not None,
            address=request.remote_addr or "",
        )
    answer = make_response(_page(caller_id))
    if opened is not None:
        # When its time is over an open page is drawn anew, covered.
        answer.headers["Refresh"] = str(opened.seconds_left(clock.now()))
    return answer


@bp.post("/callers/<int:caller_id>")
@requires(Permission.CALLERS_EDIT)
def edit_caller(caller_id: int) -> ResponseReturnValue:
    """Note another name or language."""
    form = PersonForm(prefix="person")
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.edit_person(
            caller_id,
            version=form.seen_version,
            name=form.name.data or "",
            language=form.language.data or None,
            edited_by=by,
        ),
    )


@bp.post("/callers/<int:caller_id>/numbers")
@requires(Permission.CALLERS_EDIT)
def add_number(caller_id: int) -> ResponseReturnValue:
    """Note a number to be called back on."""
    form = NumberForm(prefix="number")
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.add_number(
            caller_id, version=form.seen_version, number=form.number.data or "", added_by=by
        ),
    )


@bp.post("/callers/<int:caller_id>/numbers/remove")
@requires(Permission.CALLERS_EDIT)
def remove_number(caller_id: int) -> ResponseReturnValue:
    """Take away a number that is not this person's."""
    form = RemoveNumberForm(prefix="remove")
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.remove_number(
            caller_id,
            version=form.seen_version,
            link_id=whole(form.link_id.data),
            removed_by=by,
        ),
    )


@bp.post("/callers/<int:caller_id>/merge")
@requires(Permission.CALLERS_EDIT)
def merge_callers(caller_id: int) -> ResponseReturnValue:
    """Let this person stand for another one too."""
    form = MergeForm(prefix="merge")
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.merge(
            caller_id,
            version=form.seen_version,
            other_id=whole(form.other_id.data),
            reason=form.reason.data or "",
            merged_by=by,
        ),
    )


@bp.post("/callers/<int:caller_id>/split")
@requires(Permission.CALLERS_EDIT)
def split_caller(caller_id: int) -> ResponseReturnValue:
    """Let somebody else have some of the numbers."""
    form = SplitForm(prefix="split")
    form.offer(_numbers_to_choose(person_list.person_page(caller_id)))
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.split(
            caller_id,
            version=form.seen_version,
            link_ids=form.link_ids.data or [],
            name=form.name.data or "",
            shares=bool(form.shares.data),
            reason=form.reason.data or "",
            split_by=by,
        ),
    )


@bp.post("/callers/<int:caller_id>/changes/<int:change_id>/undo")
@requires(Permission.CALLERS_EDIT)
def undo_change(caller_id: int, change_id: int) -> ResponseReturnValue:
    """Take back a merge or a split."""
    form = FlaskForm()
    return _changed(
        caller_id,
        form,
        lambda by: person_changes.undo(caller_id, change_id=change_id, undone_by=by),
    )


@bp.post("/callers/<int:caller_id>/unmask")
@requires(Permission.CALLERS_UNMASK)
def unmask_caller(caller_id: int) -> ResponseReturnValue:
    """Show name and numbers whole to this person, for a time; who looked and why is kept."""
    form = UnmaskForm(prefix="unmask")
    if not form.validate_on_submit():
        return _refused_form(caller_id, form)
    with unit_of_work():
        callers.get_caller(caller_id)
        privacy.unmask(
            _subject(caller_id),
            reason_code=UnmaskReason(filled(form.reason_code.data)),
            reason=form.reason.data or "",
            by=the_person().id,
            address=request.remote_addr or "",
        )
    return redirect(url_for(".show_caller", caller_id=caller_id))


@bp.post("/callers/<int:caller_id>/cover")
@requires(Permission.CALLERS_UNMASK)
def cover_caller(caller_id: int) -> ResponseReturnValue:
    """Cover it again before the time is over."""
    callers.get_caller(caller_id)
    with unit_of_work():
        privacy.cover_again(_subject(caller_id), person_id=the_person().id)
    return redirect(url_for(".show_caller", caller_id=caller_id))


@bp.post("/callers/<int:caller_id>/forget")
@requires(Permission.CALLERS_FORGET)
def forget_caller(caller_id: int) -> ResponseReturnValue:
    """Erase this person's data on request."""
    form = ForgetForm(prefix="forget")
    return _changed(
        caller_id,
        form,
        lambda by: caller_forgetting.forget_caller(
            caller_id, version=form.seen_version, reason=form.reason.data or "", by=by
        ),
    )


def _changed(
    caller_id: int, form: FlaskForm, change: Callable[[int], object]
) -> ResponseReturnValue:
    """Save a change; what cannot be saved comes back with the word beside it and nothing lost."""
    callers.get_caller(caller_id)
    if not form.validate_on_submit():
        return _refused_form(caller_id, form)
    by = the_person().id
    try:
        with unit_of_work():
            change(by)
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        told = sentence(refusal.code, refusal.parameters)
        field = {each.short_name: each for each in form}.get(refusal.field)
        if field is not None:
            field.errors = [told]
        if isinstance(refusal, CallerChangedMeanwhile):
            # What was typed can be sent again, now that the person knows what has changed.
            form.version.process_data(refusal.parameters["version"])
            form.version.raw_data = None
        return _page(caller_id, sent=form, told="" if field is not None else told), refusal.status
    flash(gettext("callers.saved"), "success")
    return redirect(url_for(".show_caller", caller_id=caller_id))


def _refused_form(caller_id: int, form: FlaskForm) -> ResponseReturnValue:
    if wants_json():
        check_form(form)
    return _page(caller_id, sent=form), 422


def _list(page: Any, form: SearchForm) -> str:
    persons = page.items if page is not None else []
    return render_template(
        "callers/list.html",
        page=page,
        form=form,
        numbers=person_list.numbers_shown([person.id for person in persons]),
        shown_name=shown_name,
    )


def _subject(caller_id: int) -> Subject:
    return Subject(kind=SubjectKind.CALLER, id=caller_id, name=str(caller_id))


def _page(caller_id: int, *, sent: FlaskForm | None = None, told: str = "") -> str:
    """Draw a person's page; `sent` is the form that came back, with what was typed in it."""
    opened = privacy.open_for(_subject(caller_id), person_id=the_person().id)
    person = person_list.person_page(caller_id, whole=opened is not None)
    reader = caller_history.Reader(
        person_id=the_person().id,
        reads_all_calls=may(Permission.CALLS_READ_ALL),
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    forms = {name: _form(name, sent, person) for name in FORMS}
    return render_template(
        "callers/show.html",
        person=person,
        forms=forms,
        sent=sent,
        told=told,
        opened=opened if may(Permission.CALLERS_UNMASK) else None,
        language=current_language(),
        calls=caller_history.calls_of(
            person, reader=reader, number=request.args.get("page", 1, type=int)
        ),
        tickets=caller_history.tickets_of(person, reader=reader),
        people=accounts.people(
            [each.done_by for each in person.changes]
            + [each.undone_by for each in person.changes if each.undone_by]
        ),
    )


def _form(name: str, sent: FlaskForm | None, person: person_list.PersonPage) -> FlaskForm:
    if isinstance(sent, FORMS[name]):
        form = sent
    else:
        form = FORMS[name](formdata=None, prefix=name)
        if "version" in form:
            form.version.data = str(person.version)
        if name == "person":
            form.language.data = person.language or ""
    if name == "split":
        form.offer(_numbers_to_choose(person))
    return form


def _numbers_to_choose(person: person_list.PersonPage) -> list[tuple[int, str]]:
    return [(each.link_id, each.number) for each in person.numbers]
