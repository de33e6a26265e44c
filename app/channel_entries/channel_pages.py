"""Pages of the register of channels."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.channel_entries import channel_register, entry_turns
from app.channel_entries.channel_register import ChannelShown, ChannelWords
from app.channel_entries.channel_states import ChannelKind, ChannelMode, ChannelState
from app.channel_entries.forms import ChannelForm, ModeForm, NewChannelForm, StateForm
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, filled, moment_of, tell, tell_changed
from app.core.permissions import Permission, requires
from app.core.phone_numbers import mask
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.organisation import service as organisation

FILTERS = ("text", "kind", "mode", "state", "behind")

bp = Blueprint("channel_pages", __name__, url_prefix="/channels")


@bp.get("")
@requires(Permission.CHANNELS_READ)
def list_channels() -> ResponseReturnValue:
    """Show every channel, by what is looked for, when it was entered last and who is behind."""
    asked = {name: request.args.get(name, "")[:64] for name in FILTERS}
    units, now = _units(), clock.now()
    found = [each for each in channel_register.list_channels(at=now) if _fits(each, asked, units)]
    turns = entry_turns.turns_of(found, at=now)
    if asked["behind"]:
        found = [each for each in found if turns[each.id].is_behind(now)]
    return render_template(
        "channel_entries/channels.html",
        channels=found,
        turns=turns,
        now=now,
        asked=asked,
        units=units,
        kinds=list(ChannelKind),
        modes=list(ChannelMode),
        states=list(ChannelState),
    )


@bp.get("/new")
@requires(Permission.CHANNEL_REGISTER_MANAGE)
def new_channel() -> ResponseReturnValue:
    """Ask for a channel that is not in the register."""
    return _new_page(_with_units(NewChannelForm(formdata=None)))


@bp.post("")
@requires(Permission.CHANNEL_REGISTER_MANAGE)
def add_channel() -> ResponseReturnValue:
    """Put a channel into the register."""
    form = _with_units(NewChannelForm())
    if not form.validate_on_submit():
        return _new_page(form), 422
    try:
        with unit_of_work():
            channel_id = channel_register.add_channel(
                filled(form.code.data),
                _words(form),
                mode=ChannelMode(form.mode.data),
                added_by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _new_page(form), refusal.status
    return _done(channel_id, "entries.channel_added")


@bp.get("/<int:channel_id>")
@requires(Permission.CHANNELS_READ)
def show_channel(channel_id: int) -> ResponseReturnValue:
    """Show one channel; who keeps the register may change it here."""
    return _page(channel_register.get_channel(channel_id))


@bp.post("/<int:channel_id>")
@requires(Permission.CHANNEL_REGISTER_MANAGE)
def edit_channel(channel_id: int) -> ResponseReturnValue:
    """Write down what changed of a channel."""
    channel = channel_register.get_channel(channel_id)
    form = _with_units(ChannelForm())
    if not form.validate_on_submit():
        return _page(channel, form=form), 422
    words = _words(form, kept=channel.words.contact_number)
    try:
        with unit_of_work():
            channel_register.edit_channel(
                channel_id, words, seen=form.seen.data or "", edited_by=the_person().id
            )
    except ChangedMeanwhile as refusal:
        channel = channel_register.get_channel(channel_id)
        mark = seen_mark(asdict(channel.words))
        tell_changed(form, refusal, mark=mark, now=_differing(words, channel.words))
        return _page(channel, form=form), refusal.status
    return _done(channel_id, "entries.channel_saved")


@bp.post("/<int:channel_id>/mode")
@requires(Permission.CHANNEL_REGISTER_MANAGE)
def set_mode(channel_id: int) -> ResponseReturnValue:
    """Let a channel be folded in in another way from a moment on."""
    channel = channel_register.get_channel(channel_id)
    form = ModeForm()
    if not form.validate_on_submit():
        return _page(channel, mode=form), 422
    try:
        with unit_of_work():
            channel_register.set_mode(
                channel_id,
                ChannelMode(form.mode.data),
                valid_from=moment_of(form.valid_from),
                basis=form.basis.data or "",
                set_by=the_person().id,
            )
    except Invalid as refusal:
        tell(form, refusal)
        return _page(channel, mode=form), refusal.status
    return _done(channel_id, "entries.channel_saved")


@bp.post("/<int:channel_id>/state")
@requires(Permission.CHANNEL_REGISTER_MANAGE)
def set_state(channel_id: int) -> ResponseReturnValue:
    """Let a channel be in another state from a moment on."""
    channel = channel_register.get_channel(channel_id)
    form = StateForm()
    if not form.validate_on_submit():
        return _page(channel, state=form), 422
    try:
        with unit_of_work():
            channel_register.set_state(
                channel_id,
                ChannelState(form.state.data),
                valid_from=moment_of(form.valid_from),
                basis=form.basis.data or "",
                set_by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(channel, state=form), refusal.status
    return _done(channel_id, "entries.channel_saved")


def _fits(each: ChannelShown, asked: Mapping[str, str], units: Mapping[int, str]) -> bool:
    words = each.words
    looked_in = " ".join(
        (each.code, words.name, words.address, words.note, units.get(words.owner_unit_id, ""))
    )
    return (
        asked["text"].strip().lower() in looked_in.lower()
        and asked["kind"] in ("", words.kind)
        and asked["mode"] in ("", each.mode)
        and asked["state"] in ("", each.state)
    )


def _new_page(form: NewChannelForm) -> str:
    return render_template("channel_entries/new_channel.html", form=form)


def _page(
    channel: ChannelShown,
    *,
    form: ChannelForm | None = None,
    mode: ModeForm | None = None,
    state: StateForm | None = None,
) -> str:
    if form is None:
        values: dict[str, Any] = asdict(channel.words)
        values |= {"kind": str(channel.words.kind), "contact_number": ""}
        form = _with_units(ChannelForm(formdata=None, data=values))
        form.seen.data = seen_mark(asdict(channel.words))
    modes = channel_register.modes_of(channel.id)
    states = channel_register.states_of(channel.id)
    setters = [each.set_by for each in modes] + [each.set_by for each in states]
    people = accounts.people({each for each in setters if each})
    return render_template(
        "channel_entries/channel.html",
        channel=channel,
        owner=_units().get(channel.words.owner_unit_id, ""),
        form=form,
        mode=mode or ModeForm(formdata=None, mode=str(channel.mode)),
        state=state or StateForm(formdata=None, state=str(channel.state)),
        modes=modes[::-1],
        states=states[::-1],
        people=people,
    )


def _words(form: ChannelForm, *, kept: str = "") -> ChannelWords:
    typed = form.contact_number.data or ""
    return ChannelWords(
        name=filled(form.name.data),
        kind=ChannelKind(form.kind.data),
        address=form.address.data or "",
        owner_unit_id=filled(form.owner_unit_id.data),
        ways_in=tuple(form.ways_in.data or ()),
        contact_name=form.contact_name.data or "",
        contact_number="" if form.drops_contact.data else typed or kept,
        is_sample=bool(form.is_sample.data),
        note=form.note.data or "",
    )


def _differing(typed: ChannelWords, there: ChannelWords) -> dict[str, str]:
    units = _units()
    texts = {
        **{name: str(value) for name, value in asdict(there).items()},
        "kind": gettext(f"entries.kind_{there.kind}"),
        "owner_unit_id": units.get(there.owner_unit_id, ""),
        "ways_in": " ".join(gettext(f"entries.way_{each}") for each in there.ways_in),
        "contact_number": mask(there.contact_number),
        "is_sample": gettext("entries.yes" if there.is_sample else "entries.no"),
    }
    return {
        name: texts[name]
        for name in channel_register.WORDS
        if getattr(typed, name) != getattr(there, name)
    }


def _with_units(form: Any) -> Any:
    form.owner_unit_id.choices = [choice(id_, name) for id_, name in _units().items()]
    return form


def _units() -> dict[int, str]:
    return {unit.id: unit.name for unit in organisation.list_units()}


def _done(channel_id: int, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("channel_entries.channel_pages.show_channel", channel_id=channel_id))
