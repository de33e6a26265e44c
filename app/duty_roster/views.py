"""Pages of the duty roster: a unit's week, its people, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import as_typed, check_form, choice, filled, moment_of, tell
from app.core.permissions import Permission, Role, requires
from app.core.row_ids import row_id
from app.core.sign_in import the_person
from app.duty_roster import roster_rules, service
from app.duty_roster.forms import ActForm, DutyForm, DutyPersonForm
from app.duty_roster.refusals import NotYourRoster
from app.duty_roster.roster_rules import ORDER, DutyPart, DutySpell, FaultySpan
from app.organisation import service as organisation

bp = Blueprint("duty_roster", __name__, url_prefix="/duty-roster")

A_DAY = timedelta(days=1)
DAYS = 7
MORNING = timedelta(hours=8, minutes=30)
FIRST_YEAR, LAST_YEAR = 2000, 2999
"""No roster of ours is of another century; a calendar ends where its week has no neighbour."""
KEEPS_ALL = frozenset({Role.HOTLINE_MANAGER})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One part on one day: who, and what is wrong there."""

    spells: Sequence[DutySpell]
    faults: Sequence[FaultySpan]


@bp.get("")
@requires(Permission.ROSTER_MANAGE)
def show_roster() -> ResponseReturnValue:
    """Show a week of a unit's roster."""
    unit_ids = _own_units()
    asked = request.args.get("unit", type=row_id)
    if asked is None:
        own = the_person().unit_id
        asked = own if own in unit_ids else min(unit_ids, default=None)
    if asked is None:
        return render_template("duty_roster/no_unit.html")
    return _page(_checked(asked), _monday(request.args.get("week", "")))


@bp.post("/<int:unit_id>/people")
@requires(Permission.ROSTER_MANAGE)
def add_person(unit_id: int) -> ResponseReturnValue:
    """Add somebody whom the unit can put on duty."""
    return _save_person(unit_id, None)


@bp.post("/<int:unit_id>/people/<int:person_id>")
@requires(Permission.ROSTER_MANAGE)
def change_person(unit_id: int, person_id: int) -> ResponseReturnValue:
    """Change his name, number or mail; what is left empty stays."""
    return _save_person(unit_id, person_id)


@bp.post("/<int:unit_id>/people/<int:person_id>/remove")
@requires(Permission.ROSTER_MANAGE)
def remove_person(unit_id: int, person_id: int) -> ResponseReturnValue:
    """Put him on duty no more."""
    check_form(ActForm())
    with unit_of_work():
        service.remove_person(_checked(unit_id), person_id, by=the_person().id)
    return _done(unit_id, "roster.person_removed")


@bp.post("/<int:unit_id>/duty")
@requires(Permission.ROSTER_MANAGE)
def plan_duty(unit_id: int) -> ResponseReturnValue:
    """Put somebody on duty."""
    week = _monday(request.args.get("week", ""))
    form = _duty_form(_checked(unit_id))
    if not form.validate_on_submit():
        return _page(unit_id, week, duty=form), 422
    try:
        with unit_of_work():
            service.plan(
                unit_id,
                person_id=filled(form.person_id.data),
                part=DutyPart(filled(form.part.data)),
                begins_at=filled(moment_of(form.begins_at)),
                ends_at=filled(moment_of(form.ends_at)),
                by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(unit_id, week, duty=form), refusal.status
    return _done(unit_id, "roster.planned")


@bp.post("/<int:unit_id>/duty/<int:spell_id>/take-out")
@requires(Permission.ROSTER_MANAGE)
def take_duty_out(unit_id: int, spell_id: int) -> ResponseReturnValue:
    """Let a spell not take place; one that runs ends now."""
    check_form(ActForm())
    with unit_of_work():
        service.take_out(_checked(unit_id), spell_id, by=the_person().id)
    return _done(unit_id, "roster.taken_out")


@bp.post("/<int:unit_id>/copy-week")
@requires(Permission.ROSTER_MANAGE)
def copy_week(unit_id: int) -> ResponseReturnValue:
    """Take the week before over into this one."""
    check_form(ActForm())
    week = _monday(request.args.get("week", ""))
    with unit_of_work():
        count = service.copy_week_before(
            _checked(unit_id), since=_midnight(week), by=the_person().id
        )
    return _done(unit_id, "roster.copied", count=count)


def _save_person(unit_id: int, person_id: int | None) -> ResponseReturnValue:
    form = DutyPersonForm()
    week = _monday(request.args.get("week", ""))
    if not form.validate_on_submit():
        return _page(_checked(unit_id), week, person=form, person_id=person_id), 422
    try:
        with unit_of_work():
            service.set_person(
                _checked(unit_id),
                name=filled(form.name.data),
                number=form.number.data or "",
                email=form.email.data or "",
                person_id=person_id,
                by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(unit_id, week, person=form, person_id=person_id), refusal.status
    return _done(unit_id, "roster.person_saved")


def _own_units() -> set[int]:
    """Return the units whose rosters this person keeps: his own and those under it."""
    person = the_person()
    if Role(person.role) in KEEPS_ALL:
        return {unit.id for unit in organisation.list_units()}
    own = person.unit_id
    if own is None:
        return set()
    return {own, *organisation.units_below(own)}


def _checked(unit_id: int) -> int:
    if unit_id not in _own_units():
        raise NotYourRoster
    return unit_id


def _monday(written: str) -> date:
    """Return the Monday of the week in which a day lies; of this week where none is given."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = clock.now().astimezone(CITY_TIME).date()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = clock.now().astimezone(CITY_TIME).date()
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=CITY_TIME)


def _page(
    unit_id: int,
    week: date,
    *,
    duty: DutyForm | None = None,
    person: DutyPersonForm | None = None,
    person_id: int | None = None,
) -> str:
    since, now = _midnight(week), clock.now()
    until = since + DAYS * A_DAY
    spells = service.spells_between(unit_id, since=since, until=until)
    faults = roster_rules.faults_between(spells, since=since, until=until)
    days = [since + nth * A_DAY for nth in range(DAYS)]
    cells = {part: [_cell(part, day, spells, faults) for day in days] for part in ORDER}
    people = service.persons_of(unit_id)
    chosen = person_id or request.args.get("person", type=row_id)
    units = [unit for unit in organisation.list_units() if unit.id in _own_units()]
    return render_template(
        "duty_roster/week.html",
        unit=organisation.get_unit(unit_id),
        units=units,
        week=week,
        week_before=week - DAYS * A_DAY,
        week_after=week + DAYS * A_DAY,
        today=now.astimezone(CITY_TIME).date(),
        days=[day.date() for day in days],
        cells=cells,
        to_mend=[each for each in faults if each.ends_at > now],
        people=people,
        names=service.names_of({each.person_id for each in spells}),
        on_duty={each.part: each for each in service.on_duty(unit_id, now)},
        duty=duty or _new_duty(unit_id, week),
        person=person or _person_form(people, chosen),
        person_id=chosen,
        now=now,
        clipped=_clipped,
    )


def _cell(
    part: DutyPart, day: datetime, spells: Sequence[DutySpell], faults: Sequence[FaultySpan]
) -> Cell:
    ends = day + A_DAY
    return Cell(
        spells=[s for s in spells if s.part is part and s.begins_at < ends and s.ends_at > day],
        faults=[f for f in faults if f.part is part and f.begins_at < ends and f.ends_at > day],
    )


def _clipped(each: DutySpell | FaultySpan, day: date) -> str:
    """Say the part of a span that lies in a day: `08:30–24:00`."""
    begins, ends = _midnight(day), _midnight(day) + A_DAY
    first = max(each.begins_at, begins).astimezone(CITY_TIME)
    last = min(each.ends_at, ends).astimezone(CITY_TIME)
    closes = "24:00" if last == ends else f"{last:%H:%M}"
    return f"{first:%H:%M}\u2013{closes}"


def _duty_form(unit_id: int) -> DutyForm:
    form = DutyForm()
    form.person_id.choices = _choices(unit_id)
    return form


def _new_duty(unit_id: int, week: date) -> DutyForm:
    """Return an empty form: from today's morning on, or that of a week to come."""
    form = DutyForm(formdata=None)
    form.person_id.choices = _choices(unit_id)
    today = clock.now().astimezone(CITY_TIME).date()
    day = today if week <= today < week + DAYS * A_DAY else week
    form.begins_at.data = as_typed(_midnight(day) + MORNING)
    form.ends_at.data = as_typed(_midnight(day) + A_DAY + MORNING)
    return form


def _choices(unit_id: int) -> list[Any]:
    return [choice(each.id, each.name) for each in service.persons_of(unit_id)]


def _person_form(people: Sequence[Any], chosen: int | None) -> DutyPersonForm:
    """Return the form of somebody chosen, his number and mail left empty; else an empty one."""
    name = next((each.name for each in people if each.id == chosen), "")
    return DutyPersonForm(formdata=None, name=name)


def _done(unit_id: int, told: str, **values: object) -> ResponseReturnValue:
    flash(gettext(told, **values), "success")
    week = _monday(request.args.get("week", ""))
    return redirect(url_for("duty_roster.show_roster", unit=unit_id, week=week.isoformat()))
