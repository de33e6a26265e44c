"""One person: added, changed, let go and taken back; passwords, second step and sessions."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import people_register
from app.accounts import service as accounts
from app.accounts.password_hashing import first_password, hash_password
from app.accounts.people_register import PersonWords
from app.administration.forms import ActForm, NewPersonForm, PersonForm
from app.administration.skill_pages import known_words
from app.call_queue import service as call_queue
from app.channels.number_states import Language
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import check_form, choice, filled, tell, tell_changed
from app.core.permissions import Permission, Role, requires
from app.core.phone_numbers import mask
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList

F = TypeVar("F", bound=PersonForm)

bp = Blueprint("person", __name__, url_prefix="/people")


class StillInACall(Conflict):
    """Whoever talks with a citizen is not let go in the middle of it."""

    code = "still-in-a-call"


@bp.get("/new")
@requires(Permission.PEOPLE_MANAGE)
def new_person() -> ResponseReturnValue:
    """Ask for a person who is not yet in the register."""
    form = NewPersonForm(formdata=None, role=str(Role.AGENT), languages=[str(Language.MANDARIN)])
    return render_template("administration/new_person.html", form=_with_choices(form))


@bp.post("")
@requires(Permission.PEOPLE_MANAGE)
def add_person() -> ResponseReturnValue:
    """Add a person; show the first password, this one time."""
    form = _with_choices(NewPersonForm())
    if not form.validate_on_submit():
        return render_template("administration/new_person.html", form=form), 422
    password = first_password()
    hashed, words = hash_password(password), _words(form, kept="")
    try:
        with unit_of_work():
            user = accounts.create_person(
                filled(form.work_number.data),
                name=words.name,
                role=words.role,
                password=password,
                password_hash=hashed,
                unit_id=words.unit_id,
                languages=words.languages,
                skills=words.skills,
                contact_number=words.contact_number,
                is_outsourced=words.is_outsourced,
                must_change_password=True,
                added_by=the_person().id,
            )
            user_id = user.id
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return render_template("administration/new_person.html", form=form), refusal.status
    return _password_page(user_id, password, is_new=True)


@bp.get("/<int:user_id>")
@requires(Permission.PEOPLE_MANAGE)
def show_person(user_id: int) -> ResponseReturnValue:
    """Show one person, and what may be done."""
    words = people_register.words_of(accounts.get_person(user_id))
    shown = {**asdict(words), "role": str(words.role), "contact_number": ""}
    form = PersonForm(formdata=None, data={**shown, "unit_id": words.unit_id or 0})
    form.seen.data = seen_mark(asdict(words))
    return _page(user_id, form)


@bp.post("/<int:user_id>")
@requires(Permission.PEOPLE_MANAGE)
def edit_person(user_id: int) -> ResponseReturnValue:
    """Change what the register says of a person."""
    form = _with_choices(PersonForm(), held=people_register.words_of(accounts.get_person(user_id)))
    if not form.validate_on_submit():
        return _page(user_id, form), 422
    try:
        with unit_of_work():
            shown = people_register.words_of(accounts.get_person(user_id))
            people_register.edit_person(
                user_id,
                _words(form, kept=shown.contact_number),
                seen=form.seen.data or "",
                edited_by=the_person().id,
            )
    except ChangedMeanwhile as refusal:
        now = people_register.words_of(accounts.get_person(user_id))
        tell_changed(form, refusal, mark=seen_mark(asdict(now)), now=_differing(form, now))
        return _page(user_id, form), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(user_id, form), refusal.status
    flash(gettext("people.saved"), "success")
    return redirect(url_for("administration.person.show_person", user_id=user_id))


@bp.post("/<int:user_id>/leave")
@requires(Permission.PEOPLE_MANAGE)
def let_go(user_id: int) -> ResponseReturnValue:
    """Let a person sign in no more."""
    check_form(ActForm())
    with unit_of_work():
        if call_queue.is_busy(user_id):
            raise StillInACall
        people_register.let_go(user_id, by=the_person().id)
    return _done(user_id, "people.has_left")


@bp.post("/<int:user_id>/return")
@requires(Permission.PEOPLE_MANAGE)
def take_back(user_id: int) -> ResponseReturnValue:
    """Let a person who left sign in again, with a new password."""
    check_form(ActForm())
    with unit_of_work():
        people_register.take_back(user_id, by=the_person().id)
        password = accounts.reset_password(user_id, by=the_person().id)
    return _password_page(user_id, password, is_new=False)


@bp.post("/<int:user_id>/password")
@requires(Permission.PEOPLE_MANAGE)
def reset_password(user_id: int) -> ResponseReturnValue:
    """Give a person a password for one sign-in; show it this one time."""
    check_form(ActForm())
    with unit_of_work():
        password = accounts.reset_password(user_id, by=the_person().id)
    return _password_page(user_id, password, is_new=False)


@bp.post("/<int:user_id>/second-step")
@requires(Permission.PEOPLE_MANAGE)
def reset_second_step(user_id: int) -> ResponseReturnValue:
    """Take away a second step whose phone and codes are lost."""
    check_form(ActForm())
    with unit_of_work():
        people_register.reset_second_step(user_id, by=the_person().id)
    return _done(user_id, "people.second_step_reset")


@bp.post("/<int:user_id>/sessions")
@requires(Permission.PEOPLE_MANAGE)
def end_sessions(user_id: int) -> ResponseReturnValue:
    """End a person's sessions everywhere."""
    check_form(ActForm())
    with unit_of_work():
        people_register.end_sessions(user_id, by=the_person().id)
    return _done(user_id, "people.sessions_ended")


@bp.post("/<int:user_id>/unlock")
@requires(Permission.PEOPLE_MANAGE)
def unlock(user_id: int) -> ResponseReturnValue:
    """Open a person's lock before its time."""
    check_form(ActForm())
    with unit_of_work():
        people_register.unlock(user_id, by=the_person().id)
    return _done(user_id, "people.unlocked")


def _page(user_id: int, form: PersonForm) -> str:
    user = accounts.get_person(user_id)
    words = people_register.words_of(user)
    return render_template(
        "administration/person.html",
        user=user,
        form=_with_choices(form, held=words),
        unit=organisation.get_unit(user.unit_id).name if user.unit_id else "",
        words=known_words(),
        is_locked=user.locked_until is not None and user.locked_until > clock.now(),
        is_oneself=user_id == the_person().id,
    )


def _password_page(user_id: int, password: str, *, is_new: bool) -> str:
    return render_template(
        "administration/password.html",
        user=accounts.get_person(user_id),
        password=password,
        is_new=is_new,
    )


def _with_choices(form: F, *, held: PersonWords | None = None) -> F:
    """Offer what the city has; what a person has and is offered no more stays to be seen."""
    words = known_words()
    skills = [each.code for each in code_register.codes_now(CodeList.SKILL)]
    held_skills = held.skills if held else ()
    form.role.choices = [choice(str(role), gettext(f"role.{role}")) for role in Role]
    form.unit_id.choices = [choice(0, gettext("people.no_unit"))] + [
        choice(unit.id, unit.name) for unit in organisation.list_units()
    ]
    form.languages.choices = [choice(str(each), words[str(each)]) for each in Language]
    form.skills.choices = [
        choice(code, words.get(code, code))
        for code in [*skills, *(each for each in held_skills if each not in skills)]
    ]
    return form


def _words(form: PersonForm, *, kept: str) -> PersonWords:
    """Return what was filled in; an empty telephone means the one that is kept."""
    typed = form.contact_number.data or ""
    return PersonWords(
        name=filled(form.name.data),
        role=Role(filled(form.role.data)),
        unit_id=form.unit_id.data or None,
        languages=tuple(sorted(form.languages.data or [])),
        skills=tuple(sorted(form.skills.data or [])),
        contact_number="" if form.drops_contact.data else typed or kept,
        is_outsourced=bool(form.is_outsourced.data) or form.role.data == Role.OUTSOURCED_AGENT,
    )


def _differing(form: PersonForm, now: PersonWords) -> Mapping[str, str]:
    typed = _words(form, kept=now.contact_number)
    words = known_words()
    unit = organisation.get_unit(now.unit_id).name if now.unit_id else ""
    texts = {
        "name": now.name,
        "role": gettext(f"role.{now.role}"),
        "unit_id": unit,
        "languages": " ".join(words.get(each, each) for each in now.languages),
        "skills": " ".join(words.get(each, each) for each in now.skills),
        "contact_number": mask(now.contact_number),
        "is_outsourced": gettext("people.outsourced" if now.is_outsourced else "people.own"),
    }
    return {
        name: text for name, text in texts.items() if getattr(typed, name) != getattr(now, name)
    }


def _done(user_id: int, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.person.show_person", user_id=user_id))
