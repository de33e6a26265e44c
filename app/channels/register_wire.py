"""The register as plain data for scripts and pages: numbers, landings, changes, previews."""

from typing import Any

from app.channels import number_changes, service
from app.channels.door import Preview
from app.channels.landing_routes import Route, Share
from app.channels.landings import LandingShown
from app.channels.models import IntakeAlarm
from app.channels.route_changes import ChangeShown
from app.channels.route_words import words_of
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask_in_text

Wire = dict[str, Any]


def number_wire(line: service.PublicNumber) -> Wire:
    """Return a number as it is run now."""
    return {
        "id": line.id,
        "number": line.number,
        "name": line.name,
        "owner_unit_id": line.owner_unit_id,
        "mode": line.mode.value,
        "state": line.state.value,
        "is_sample": line.is_sample,
        "greeting": line.greeting,
        "greeting_sound": line.greeting_sound,
        "priority": line.priority,
        "skill": line.skill,
        "language": line.language.value if line.language else None,
        "overflow_seconds": line.overflow_seconds,
        "plays_recording_notice": line.plays_recording_notice,
        "note": line.note,
    }


def step_wire(step: number_changes.StepShown) -> Wire:
    """Return one dated mode or state."""
    return {
        "word": step.word,
        "valid_from": wire_moment(step.valid_from),
        "set_at": wire_moment(step.set_at),
        "set_by": step.set_by,
        "because": mask_in_text(step.because),
    }


def landing_wire(landing: LandingShown) -> Wire:
    """Return a landing with its route now and the next one."""
    return {
        "id": landing.id,
        "exchange_id": landing.exchange_id,
        "trunk": landing.trunk,
        "carrier": landing.carrier,
        "delivered_did": landing.delivered_did,
        "live_from": wire_moment(landing.live_from),
        "live_until": wire_moment(landing.live_until) if landing.live_until else None,
        "is_live": landing.is_live,
        "route": words_of(landing.route),
        "next_route": words_of(landing.next_route) if landing.next_route else None,
        "next_at": wire_moment(landing.next_at) if landing.next_at else None,
    }


def change_wire(change: ChangeShown) -> Wire:
    """Return a change of routes with what it changed."""
    return {
        "id": change.id,
        "effective_at": wire_moment(change.effective_at),
        "set_at": wire_moment(change.set_at),
        "set_by": change.set_by,
        "because": mask_in_text(change.because),
        "undoes_id": change.undoes_id,
        "undone_at": wire_moment(change.undone_at) if change.undone_at else None,
        "can_be_undone": change.can_be_undone,
        "before": {str(key): words_of(route) for key, route in change.before.items()},
        "after": {str(key): words_of(route) for key, route in change.after.items()},
    }


def preview_wire(preview: Preview) -> Wire:
    """Return what would happen to a call, and to all calls of that moment."""
    decision = preview.decision
    return {
        "at": wire_moment(preview.at),
        "number": preview.line.number if preview.line else None,
        "state": preview.line.state.value if preview.line else None,
        "landing_id": preview.landing_id,
        "route": words_of(preview.route),
        "shares": [share_wire(share) for share in preview.shares],
        "decision": {
            "action": decision.action.value,
            "announcement": decision.announcement,
            "forward_to": decision.forward_to,
            "ring_seconds": decision.ring_seconds,
            "sign": decision.sign.value if decision.sign else None,
        },
    }


def switch_wire(before: Route, after: Route) -> Wire:
    """Return a route and the one that follows it."""
    return {"before": words_of(before), "after": words_of(after)}


def share_wire(share: Share) -> Wire:
    """Return so many of a hundred calls with their place."""
    return {"percent": share.percent, "goes_to": words_of(share.goes_to)}


def alarm_wire(alarm: IntakeAlarm) -> Wire:
    """Return an alarm of the door."""
    return {
        "id": alarm.id,
        "at": wire_moment(alarm.at),
        "kind": alarm.kind.value,
        "sign": alarm.sign,
        "exchange_id": alarm.exchange_id,
        "call_key": alarm.call_key,
        "number_id": alarm.number_id,
        "delivered": alarm.delivered,
    }
