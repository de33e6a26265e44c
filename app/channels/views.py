"""The register of numbers: pages and requests. A script gets JSON, a person a page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.channels import door, greeting_sounds, landings, number_changes, route_changes, service
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
from app.channels.route_words import words_of
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import wants_json
from app.core.errors import Invalid
from app.core.forms import FormRefused, check_form, choice, filled, moment_of
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.organisation import service as organisation

F = TypeVar("F", bound=NumberWordsForm)

bp = Blueprint("channels", __name__, url_prefix="/numbers")


class BadMoment(Invalid):
    """A moment is written like 2026-11-23T08:00+08:00."""

    code = "bad-moment"


@bp.get("")
@requires(Permission.CHANNELS_READ)
def list_numbers() -> ResponseReturnValue:
    """Show every number with its state, its mode and its landings."""
    lines = service.list_numbers()
    if wants_json():
        return {"numbers": [wire.number_wire(line) for line in lines]}
    return render_template(
        "channels/list.html",
        lines=lines,
        units={unit.id: unit.name for unit in organisation.list_units()},
        landings={line.id: landings.list_landings(line.id) for line in lines},
        words_of=words_of,
        alarms=door.list_alarms(limit=5),
        form=_new_number_form() if may(Permission.CHANNELS_MANAGE) else None,
    )


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
    form = _new_number_form()
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
        number_id = line.id
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
    return _page(line)


@bp.post("/<int:number_id>")
@requires(Permission.CHANNELS_MANAGE)
def edit_number(number_id: int) -> ResponseReturnValue:
    """Change what the register says about a number."""
    form = _with_units(NumberWordsForm())
    check_form(form)
    with unit_of_work():
        number_changes.edit_number(number_id, words_of_form(form), edited_by=the_person().id)
    return _done(number_id)


@bp.post("/<int:number_id>/mode")
@requires(Permission.CHANNELS_MANAGE)
def set_mode(number_id: int) -> ResponseReturnValue:
    """Let a number be run in another mode from a minute on."""
    form = ModeForm()
    check_form(form)
    with unit_of_work():
        number_changes.set_mode(
            number_id,
            service.MergeMode(form.mode.data),
            valid_from=filled(moment_of(form.valid_from)),
            set_by=the_person().id,
        )
    return _done(number_id)


@bp.post("/<int:number_id>/state")
@requires(Permission.CHANNELS_MANAGE)
def set_state(number_id: int) -> ResponseReturnValue:
    """Let a number be in another state from a minute on."""
    form = StateForm()
    check_form(form)
    with unit_of_work():
        number_changes.set_state(
            number_id,
            service.NumberState(form.state.data),
            valid_from=filled(moment_of(form.valid_from)),
            set_by=the_person().id,
            because=form.because.data or "",
        )
    return _done(number_id)


@bp.post("/<int:number_id>/landings")
@requires(Permission.CHANNELS_MANAGE)
def add_landing(number_id: int) -> ResponseReturnValue:
    """Add how a carrier delivers the number."""
    form = LandingForm()
    check_form(form)
    with unit_of_work():
        landing_id = landings.add_landing(
            landings.NewLanding(
                number_id=number_id,
                carrier=filled(form.carrier.data),
                delivered_did=filled(form.delivered_did.data),
                exchange_id=form.exchange_id.data or "",
                trunk=form.trunk.data or "",
                live_from=filled(moment_of(form.live_from)),
                live_until=moment_of(form.live_until),
            ),
            added_by=the_person().id,
        )
    return _done(number_id, landing_id=landing_id)


@bp.post("/<int:number_id>/landings/<int:landing_id>/end")
@requires(Permission.CHANNELS_MANAGE)
def end_landing(number_id: int, landing_id: int) -> ResponseReturnValue:
    """Let a landing deliver nothing from a minute on."""
    form = EndLandingForm()
    check_form(form)
    with unit_of_work():
        landings.end_landing(
            landing_id,
            number_id=number_id,
            at=filled(moment_of(form.at)),
            ended_by=the_person().id,
        )
    return _done(number_id)


@bp.post("/<int:number_id>/routes/preview")
@requires(Permission.CHANNELS_MANAGE)
def preview_routes(number_id: int) -> ResponseReturnValue:
    """Say what a change would do; save nothing."""
    line = service.get_number(number_id)
    form, routes = _routes_asked(number_id)
    effective_at = moment_of(form.effective_at)
    switches = route_changes.preview_routes(number_id, routes, effective_at=effective_at)
    at = effective_at or clock.now()
    if not wants_json():
        return _page(line, routes=form, switches=switches, at=at)
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
    form, routes = _routes_asked(number_id)
    with unit_of_work():
        change_id = route_changes.set_routes(
            number_id,
            routes,
            effective_at=moment_of(form.effective_at),
            set_by=the_person().id,
            because=form.because.data or "",
        )
    return _done(number_id, change_id=change_id)


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
    line = service.get_number(number_id)
    form = GreetingSoundForm()
    try:
        check_form(form)
    except FormRefused as refused:
        if wants_json():
            raise
        return _page(line, sound_form=form), refused.status
    with unit_of_work():
        greeting_sounds.set_greeting_sound(number_id, form.content, uploaded_by=the_person().id)
    return _done(number_id)


def _page(
    line: service.PublicNumber,
    *,
    routes: RouteForm | None = None,
    switches: Mapping[int, Any] | None = None,
    at: datetime | None = None,
    sound_form: GreetingSoundForm | None = None,
) -> str:
    shown = landings.list_landings(line.id)
    changes = route_changes.list_changes(line.id)
    states, modes = number_changes.states_of(line.id), number_changes.modes_of(line.id)
    writers = {each.set_by for each in changes} | {each.set_by for each in [*states, *modes]}
    names = {each.id: f"{each.carrier} {each.delivered_did}" for each in shown}
    form = routes or RouteForm(formdata=None, landings=[each.id for each in shown])
    form.landings.choices = [choice(key, name) for key, name in names.items()]
    words = number_changes.words_of_number(line.id)
    return render_template(
        "channels/show.html",
        line=line,
        owner=organisation.get_unit(line.owner_unit_id).name,
        landings=shown,
        landing_names=names,
        changes=changes,
        states=states,
        modes=modes,
        people={
            person_id: accounts.get_person(person_id).name for person_id in writers if person_id
        },
        routes=form,
        switches=switches,
        at=at,
        words_of=words_of,
        words_form=_with_units(NumberWordsForm(formdata=None, obj=words)),
        mode_form=ModeForm(formdata=None, mode=line.mode.value),
        state_form=StateForm(formdata=None, state=line.state.value),
        landing_form=LandingForm(formdata=None),
        sound=greeting_sounds.sound_shown(line.greeting_sound),
        sound_form=sound_form or GreetingSoundForm(formdata=None),
    )


def _new_number_form() -> NewNumberForm:
    return _with_units(NewNumberForm())


def _with_units(form: F) -> F:
    form.owner_unit_id.choices = [choice(unit.id, unit.name) for unit in organisation.list_units()]
    return form


def _routes_asked(number_id: int) -> tuple[RouteForm, dict[int, object]]:
    form = RouteForm()
    form.landings.choices = [
        choice(each.id, each.delivered_did) for each in landings.list_landings(number_id)
    ]
    check_form(form)
    words = form.words()
    return form, dict.fromkeys(filled(form.landings.data), words)


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
