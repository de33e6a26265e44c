"""Who saw what, for auditors; and a page's own word that it was printed."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.accounts import people_register
from app.accounts import service as accounts
from app.accounts.people_register import PeopleWanted
from app.core.database import unit_of_work
from app.core.handed_down import given
from app.core.permissions import Permission, requires, signed_in
from app.core.row_ids import is_id, row_id
from app.core.sign_in import background, the_person
from app.privacy import service
from app.privacy.forms import ViewsForm
from app.privacy.looks import Deed, Subject, SubjectKind

bp = Blueprint("privacy", __name__, url_prefix="/privacy")


@bp.get("/views")
@requires(Permission.AUDIT_READ)
def list_views() -> ResponseReturnValue:
    """Show who saw what, newest first; by person, by number, by what was done."""
    form = ViewsForm(formdata=MultiDict(request.args))
    is_right = form.validate()
    asked = {name: request.args[name] for name in form.data if request.args.get(name)}
    person = form.person.data or ""
    page = service.views_wanted(
        viewer_ids=_people(person) if person and is_right else None,
        name=(form.name.data or "") if is_right else "",
        deed=Deed(form.deed.data) if is_right and form.deed.data else None,
        only_unmasked=bool(form.only_unmasked.data) and is_right,
        page=request.args.get("page", 1, type=int),
    )
    callers = {row.subject_id for row in page.items if row.subject_kind is SubjectKind.CALLER}
    shown = render_template(
        "privacy/views.html",
        form=form,
        page=page,
        asked=asked,
        people=accounts.people({row.viewer_id for row in page.items}),
        callers=given(service.CallersNamed).names_of(callers) if callers else {},
    )
    return shown, 200 if is_right else 422


@bp.post("/prints")
@background
@signed_in
def note_print() -> ResponseReturnValue:
    """Write down that this person printed what he has open; the page itself says so."""
    asked = request.get_json(silent=True)
    subject = _subject(asked if isinstance(asked, dict) else {})
    with unit_of_work():
        service.note_print(subject, viewer_id=the_person().id, address=request.remote_addr or "")
    return "", 204


def _subject(asked: dict[str, object]) -> Subject:
    kind, subject_id = asked.get("kind"), asked.get("id")
    if kind not in set(SubjectKind) or not (isinstance(subject_id, int) and is_id(str(subject_id))):
        raise service.NothingOpen
    return Subject(kind=SubjectKind(str(kind)), id=row_id(subject_id))


def _people(text: str) -> list[int]:
    found = people_register.all_people(PeopleWanted(text=text, is_active=None))
    return [user.id for user in found]
