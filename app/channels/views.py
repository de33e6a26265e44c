"""The register of numbers: pages and requests. A script gets JSON, a person a page."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.channels import (
    door,
    greeting_sounds,
    landings,
    number_changes,
    register_pages,
    route_changes,
    service,
)
from app.channels import register_wire as wire
from app.channels.forms import (
    EndLandingForm,
    GreetingSoundForm,
    LandingForm,
    ModeForm,
    NewNumberForm,
    NumberWordsForm,
    RouteForm,
    StateForm,
    words_of_form,
)
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import wants_json
from app.core.errors import Invalid, Refusal
from app.core.forms import (
    FormRefused,
    check_form,
    choice,
    filled,
    moment_of,
    tell,
    tell_changed,
)
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person

Made = dict[str, int]

bp = Blueprint("channels", __name__, url_prefix="/numbers")


class BadMoment(Invalid):
    """A moment is written like 2026-11-23T08:00+08:00."""

    code = "bad-moment"


@bp.get("")
@requires(Permission.CHANNELS_READ)
def list_numbers() -> ResponseReturnValue:
    """Show the numbers wanted with their states, modes and landings; all of them to a script."""
    if wants_json():
        return {"numbers": [wire.number_wire(line) for line in service.list_numbers()]}
    return register_pages.list_page(request.args)


@bp.get("/new")
@requires(Permission.CHANNELS_MANAGE)
def new_number() -> ResponseReturnValue:
    """Ask for a number that is not yet in the register."""
    return register_pages.new_page(NewNumberForm(formdata=None))


@bp.get("/preview")
@requires(Permission.CHANNELS_READ)
def preview_call() -> ResponseReturnValue:
    """Say what would happen to a call: `dialled`, and perhaps exchange, trunk, from, call, at."""
    asked = request.args
    call = door.CallAtDoor(
        exchange_id=asked.get("exchange", "")[:32],
        call_key=asked.get("call", "")[:64],
        from_number=asked.get("from", "")[:32],
        delivered=asked.get("dialled", "")[:64],
        trunk=asked.get("trunk", "")[:64],
    )
    return wire.preview_wire(door.preview_call(call, at=_moment(asked.get("at", ""))))


@bp.get("/alarms")
@requires(Permission.CHANNELS_READ)
def list_alarms() -> ResponseReturnValue:
    """Give the newest alarms of the door."""
    return {"alarms": [wire.alarm_wire(alarm) for alarm in door.list_alarms()]}


@bp.post("")
@requires(Permission.CHANNELS_MANAGE)
def register_number() -> ResponseReturnValue:
    """Add a number to the register."""
    form = register_pages.with_choices(NewNumberForm())
    try:
        number_id = _register(form)
    except Refusal as refusal:
        if wants_json():
            raise
        _tell(form, refusal)
        return register_pages.new_page(form), refusal.status
    return _done(number_id)


@bp.get("/<int:number_id>")
@requires(Permission.CHANNELS_READ)
def show_number(number_id: int) -> ResponseReturnValue:
    """Show one number with its history, its landings and the changes of their routes."""
    line = service.get_number(number_id)
    if wants_json():
        return {
            **wire.number_wire(line),
            "modes": [wire.step_wire(step) for step in number_changes.modes_of(number_id)],
            "states": [wire.step_wire(step) for step in number_changes.states_of(number_id)],
            "landings": [wire.landing_wire(each) for each in landings.list_landings(number_id)],
            "changes": [wire.change_wire(each) for each in route_changes.list_changes(number_id)],
        }
    return register_pages.number_page(line)


@bp.post("/<int:number_id>")
@requires(Permission.CHANNELS_MANAGE)
def edit_number(number_id: int) -> ResponseReturnValue:
    """Change what the register says about a number."""
    form = register_pages.with_choices(NumberWordsForm())

    def save() -> Made:
        seen = form.seen.data or (None if wants_json() else "")
        words = words_of_form(form)
        number_changes.edit_number(number_id, words, seen=seen, edited_by=the_person().id)
        return {}

    return _saved(number_id, form, save, name="words_form")


@bp.post("/<int:number_id>/mode")
@requires(Permission.CHANNELS_MANAGE)
def set_mode(number_id: int) -> ResponseReturnValue:
    """Let a number be run in another mode from a minute on."""
    form = ModeForm()

    def save() -> Made:
        number_changes.set_mode(
            number_id,
            service.MergeMode(form.mode.data),
            valid_from=filled(moment_of(form.valid_from)),
            set_by=the_person().id,
        )
        return {}

    return _saved(number_id, form, save, name="mode_form")


@bp.post("/<int:number_id>/state")
@requires(Permission.CHANNELS_MANAGE)
def set_state(number_id: int) -> ResponseReturnValue:
    """Let a number be in another state from a minute on."""
    form = StateForm()

    def save() -> Made:
        number_changes.set_state(
            number_id,
            service.NumberState(form.state.data),
            valid_from=filled(moment_of(form.valid_from)),
            set_by=the_person().id,
            because=form.because.data or "",
        )
        return {}

    return _saved(number_id, form, save, name="state_form")


@bp.post("/<int:number_id>/landings")
@requires(Permission.CHANNELS_MANAGE)
def add_landing(number_id: int) -> ResponseReturnValue:
    """Add how a carrier delivers the number."""
    form = LandingForm()

    def save() -> Made:
        new = landings.NewLanding(
            number_id=number_id,
            carrier=filled(form.carrier.data),
            delivered_did=filled(form.delivered_did.data),
            exchange_id=form.exchange_id.data or "",
            trunk=form.trunk.data or "",
            live_from=filled(moment_of(form.live_from)),
            live_until=moment_of(form.live_until),
        )
        return {"landing_id": landings.add_landing(new, added_by=the_person().id)}

    return _saved(number_id, form, save, name="landing_form")


@bp.get("/<int:number_id>/landings/<int:landing_id>")
@requires(Permission.CHANNELS_READ)
def show_landing(number_id: int, landing_id: int) -> ResponseReturnValue:
    """Show one landing: how it is delivered, where it goes, what was changed."""
    return register_pages.landing_page(service.get_number(number_id), landing_id)


@bp.post("/<int:number_id>/landings/<int:landing_id>/end")
@requires(Permission.CHANNELS_MANAGE)
def end_landing(number_id: int, landing_id: int) -> ResponseReturnValue:
    """Let a landing deliver nothing from a minute on."""
    form = EndLandingForm()
    try:
        check_form(form)
        with unit_of_work():
            landings.end_landing(
                landing_id,
                number_id=number_id,
                at=filled(moment_of(form.at)),
                ended_by=the_person().id,
            )
    except Refusal as refusal:
        if wants_json():
            raise
        line = service.get_number(number_id)
        _tell(form, refusal)
        return register_pages.landing_page(line, landing_id, form=form), refusal.status
    return _done(number_id)


@bp.post("/<int:number_id>/routes/preview")
@requires(Permission.CHANNELS_MANAGE)
def preview_routes(number_id: int) -> ResponseReturnValue:
    """Say what a change would do; save nothing."""
    line = service.get_number(number_id)
    form = _route_form(number_id)
    try:
        check_form(form)
        effective_at = moment_of(form.effective_at)
        switches = route_changes.preview_routes(number_id, _routes(form), effective_at=effective_at)
    except Refusal as refusal:
        if wants_json():
            raise
        _tell(form, refusal)
        return register_pages.number_page(line, routes=form), refusal.status
    at = effective_at or clock.now()
    if not wants_json():
        return register_pages.number_page(line, routes=form, switches=switches, at=at)
    return {
        "landings": {
            str(landing_id): {
                **wire.switch_wire(before, after),
                "shares": [wire.share_wire(share) for share in door.shares_of(after, at=at)],
            }
            for landing_id, (before, after) in switches.items()
        }
    }


@bp.post("/<int:number_id>/routes")
@requires(Permission.CHANNELS_MANAGE)
def set_routes(number_id: int) -> ResponseReturnValue:
    """Let landings go elsewhere from a minute on, or at once."""
    service.get_number(number_id)
    form = _route_form(number_id)

    def save() -> Made:
        change_id = route_changes.set_routes(
            number_id,
            _routes(form),
            effective_at=moment_of(form.effective_at),
            set_by=the_person().id,
            because=form.because.data or "",
        )
        return {"change_id": change_id}

    return _saved(number_id, form, save, name="routes")


@bp.post("/<int:number_id>/changes/<int:change_id>/undo")
@requires(Permission.CHANNELS_MANAGE)
def undo_change(number_id: int, change_id: int) -> ResponseReturnValue:
    """Restore the former routes at once."""
    with unit_of_work():
        undo_id = route_changes.undo_change(
            change_id, number_id=number_id, undone_by=the_person().id
        )
    return _done(number_id, change_id=undo_id)


@bp.get("/<int:number_id>/greeting-sound")
@requires(Permission.CHANNELS_READ)
def get_greeting_sound(number_id: int) -> ResponseReturnValue:
    """Give the greeting that was uploaded, for listening."""
    name = service.get_number(number_id).greeting_sound
    return Response(greeting_sounds.content_of(name), mimetype="audio/wav")


@bp.post("/<int:number_id>/greeting-sound")
@requires(Permission.CHANNELS_MANAGE)
def upload_greeting_sound(number_id: int) -> ResponseReturnValue:
    """Check a WAV file and make it the number's greeting; what is wrong is said at the field."""
    service.get_number(number_id)
    form = GreetingSoundForm()

    def save() -> Made:
        greeting_sounds.set_greeting_sound(number_id, form.content, uploaded_by=the_person().id)
        return {}

    return _saved(number_id, form, save, name="sound_form")


def _register(form: NewNumberForm) -> int:
    check_form(form)
    words = words_of_form(form)
    with unit_of_work():
        line = service.register_number(
            service.NewNumber(
                number=filled(form.number.data),
                name=words.name,
                owner_unit_id=words.owner_unit_id,
                mode=service.MergeMode(form.mode.data),
                greeting=words.greeting,
                valid_from=moment_of(form.valid_from),
                is_sample=words.is_sample,
                priority=words.priority,
                skill=words.skill,
                language=words.language,
                overflow_seconds=words.overflow_seconds,
                plays_recording_notice=words.plays_recording_notice,
                note=words.note,
            ),
            added_by=the_person().id,
        )
        return line.id


def _saved(
    number_id: int, form: FlaskForm, save: Callable[[], Made], *, name: str
) -> ResponseReturnValue:
    """Save what a form asks; a person reads at the form what was wrong, and loses nothing."""
    try:
        check_form(form)
        with unit_of_work():
            made = save()
    except Refusal as refusal:
        if wants_json():
            raise
        line = service.get_number(number_id)
        _tell(form, refusal)
        if isinstance(form, NumberWordsForm) and isinstance(refusal, ChangedMeanwhile):
            form.form_errors.clear()
            now = number_changes.words_of_number(number_id)
            told = register_pages.differing(words_of_form(form), now)
            mark = seen_mark(number_changes.values_of(now))
            tell_changed(form, refusal, mark=mark, now=told)
        return register_pages.number_page(line, **{name: form}), refusal.status
    return _done(number_id, **made)


def _tell(form: FlaskForm, refusal: Refusal) -> None:
    if not isinstance(refusal, FormRefused):  # those stand at their fields already
        tell(form, refusal)


def _route_form(number_id: int) -> RouteForm:
    form = RouteForm()
    form.landings.choices = [
        choice(each.id, each.delivered_did) for each in landings.list_landings(number_id)
    ]
    return form


def _routes(form: RouteForm) -> dict[int, object]:
    return dict.fromkeys(filled(form.landings.data), form.words())


def _moment(text: str) -> datetime:
    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(field="at") from None
    if moment.tzinfo is None:
        raise BadMoment(field="at")
    return moment


def _done(number_id: int, **made: int) -> ResponseReturnValue:
    if wants_json():
        return {"number_id": number_id, **made}
    flash(gettext("numbers.saved"), "success")
    return redirect(url_for("channels.show_number", number_id=number_id))
