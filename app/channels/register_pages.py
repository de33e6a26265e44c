"""The register as people see it: the list with its filters, one number, one landing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import render_template
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.channels import door, greeting_sounds, landings, number_changes, route_changes, service
from app.channels.forms import (
    EndLandingForm,
    GreetingSoundForm,
    LandingForm,
    ModeForm,
    NewNumberForm,
    NumberWordsForm,
    RouteForm,
    StateForm,
)
from app.channels.number_changes import NumberWords
from app.channels.number_states import MergeMode, NumberState
from app.channels.route_words import words_of
from app.core.forms import choice
from app.core.languages import current_language
from app.core.seen import seen_mark
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList

F = TypeVar("F", bound=NumberWordsForm)

LONGEST_TEXT = 64


def list_page(asked: Mapping[str, str]) -> str:
    """Show the numbers wanted with their state, mode and landings."""
    units = {unit.id: unit.name for unit in organisation.list_units()}
    wanted = {
        name: asked.get(name, "")[:LONGEST_TEXT].strip() for name in ("text", "state", "mode")
    }
    lines = [line for line in service.list_numbers() if _fits(line, wanted, units)]
    return render_template(
        "channels/list.html",
        lines=lines,
        units=units,
        landings={line.id: landings.list_landings(line.id) for line in lines},
        words_of=words_of,
        alarms=door.list_alarms(limit=5),
        asked=wanted,
        states=[state.value for state in NumberState],
        modes=[mode.value for mode in MergeMode],
    )


def new_page(form: NewNumberForm) -> str:
    """Ask for a number that is not yet in the register."""
    return render_template("channels/new.html", form=with_choices(form))


def number_page(
    line: service.PublicNumber,
    *,
    switches: Mapping[int, Any] | None = None,
    at: datetime | None = None,
    **filled: FlaskForm,
) -> str:
    """Show one number; `filled` holds by its name the form that was sent and is not right."""
    shown = landings.list_landings(line.id)
    changes = route_changes.list_changes(line.id)
    states, modes = number_changes.states_of(line.id), number_changes.modes_of(line.id)
    names = {each.id: f"{each.carrier} {each.delivered_did}" for each in shown}
    forms: dict[str, Any] = {
        "routes": RouteForm(formdata=None, landings=list(names)),
        "words_form": words_form(line.id),
        "mode_form": ModeForm(formdata=None, mode=line.mode.value),
        "state_form": StateForm(formdata=None, state=line.state.value),
        "landing_form": LandingForm(formdata=None),
        "sound_form": GreetingSoundForm(formdata=None),
        **filled,
    }
    forms["routes"].landings.choices = [choice(key, name) for key, name in names.items()]
    with_choices(forms["words_form"])
    for name in ("routes", "words_form", "mode_form", "state_form", "landing_form"):
        _own_ids(forms[name], name)
    return render_template(
        "channels/show.html",
        line=line,
        owner=organisation.get_unit(line.owner_unit_id).name,
        skill=skill_names().get(line.skill or "", line.skill),
        landings=shown,
        landing_names=names,
        changes=changes,
        states=states,
        modes=modes,
        people=_names([each.set_by for each in changes])
        | _names([each.set_by for each in [*states, *modes]]),
        switches=switches,
        at=at,
        words_of=words_of,
        sound=greeting_sounds.sound_shown(line.greeting_sound),
        **forms,
    )


def landing_page(
    line: service.PublicNumber, landing_id: int, *, form: EndLandingForm | None = None
) -> str:
    """Show one landing: how it is delivered, where it goes, what was changed. Raises NotFound."""
    found = {each.id: each for each in landings.list_landings(line.id)}
    shown = found.get(landing_id)
    if shown is None:
        raise landings.NoSuchLanding
    changes = [each for each in route_changes.list_changes(line.id) if landing_id in each.after]
    return render_template(
        "channels/landing.html",
        line=line,
        landing=shown,
        changes=changes,
        people=_names([each.set_by for each in changes]),
        words_of=words_of,
        form=form or EndLandingForm(formdata=None),
    )


def words_form(number_id: int) -> NumberWordsForm:
    """Return the form of what the register says, filled with what stands there now."""
    words = number_changes.words_of_number(number_id)
    form = NumberWordsForm(formdata=None, obj=words)
    form.seen.data = seen_mark(number_changes.values_of(words))
    return form


def differing(typed: NumberWords, now: NumberWords) -> dict[str, str]:
    """Return what stands there now for each field that was typed otherwise, in words."""
    units = {unit.id: unit.name for unit in organisation.list_units()}
    told = {}
    for name, value in number_changes.values_of(now).items():
        if value == number_changes.values_of(typed)[name]:
            continue
        text = "" if value is None else str(value)
        if name == "owner_unit_id":
            text = units[now.owner_unit_id]
        elif name == "language" and now.language:
            text = gettext(f"numbers.language_{now.language}")
        elif isinstance(value, bool):
            text = gettext("numbers.yes" if value else "numbers.no")
        told[name] = text
    return told


def skill_names() -> dict[str, str]:
    """Return what the reader calls each skill that holds today."""
    is_english = current_language() == "en"
    return {
        each.code: each.words.name_en if is_english else each.words.name_zh
        for each in code_register.codes_now(CodeList.SKILL)
    }


def with_choices(form: F) -> F:
    """Offer the units and the skills; a skill that holds no more stays with its number."""
    form.owner_unit_id.choices = [choice(unit.id, unit.name) for unit in organisation.list_units()]
    names = skill_names()
    if form.skill.data and form.skill.data not in names:
        names[form.skill.data] = form.skill.data
    form.skill.choices = [choice("", "\u2013"), *(choice(*each) for each in names.items())]
    return form


def _fits(line: service.PublicNumber, wanted: Mapping[str, str], units: Mapping[int, str]) -> bool:
    words = (line.number, line.name, units.get(line.owner_unit_id, ""))
    return (
        any(wanted["text"] in word for word in words)
        and wanted["state"] in ("", line.state.value)
        and wanted["mode"] in ("", line.mode.value)
    )


def _own_ids(form: FlaskForm, name: str) -> None:
    """Several forms of a page ask for the same things: each label must find its own field."""
    for field in form:
        field.id = f"{name}-{field.short_name}"
        field.label.field_id = field.id


def _names(writers: Sequence[int | None]) -> dict[int, str]:
    ids = {user_id for user_id in writers if user_id}
    return {user_id: user.name for user_id, user in accounts.people(ids).items()}
