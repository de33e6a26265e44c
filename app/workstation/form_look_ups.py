"""What the forms ask for while an agent types; nothing here changes anything."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.call_queue import service as call_queue
from app.calls import service as calls
from app.core import clock
from app.core.permissions import Permission, may, requires
from app.core.phone_numbers import normalise
from app.core.sign_in import background, the_person
from app.organisation import service as organisation
from app.tickets import duplicates, reading
from app.tickets.likeness import Matter
from app.workstation import form_cards, pop_cards
from app.workstation.asked import asked_body

bp = Blueprint("form_look_ups", __name__)

LONGEST_QUESTION = 400
LONGEST_LOOKED_THROUGH = 5000
MOST_TRACES = 20


# What is typed about a caller is sent in the body: no address holds it, and so no log either.


@bp.post("/desk/suggestions")
@background
@requires(Permission.DESK_USE)
def suggestions() -> ResponseReturnValue:
    """Return the entries that may answer what is typed."""
    asked = asked_body()
    text = _typed(asked, "text", LONGEST_QUESTION)
    return {"suggestions": pop_cards.suggestion_cards(text, _typed(asked, "line", 32))}


@bp.post("/desk/traces")
@background
@requires(Permission.DESK_USE)
def traces() -> ResponseReturnValue:
    """Return by field what leads to a person in a text that is not a ticket yet."""
    asked = asked_body()
    texts = {name: _typed(asked, name, LONGEST_LOOKED_THROUGH) for name in reading.TEXTS}
    found = reading.traces_in_texts(texts, caller_name=_typed(asked, "caller_name", 40))
    return {
        "traces": [
            {"field": name, "kind": each.kind.value, "text": texts[name][each.start : each.end]}
            for name, several in found.items()
            for each in several[:MOST_TRACES]
        ]
    }


@bp.get("/desk/places")
@background
@requires(Permission.DESK_USE)
def places() -> ResponseReturnValue:
    """Return the towns of one county."""
    towns = organisation.towns_of(request.args.get("county", ""))
    return {"towns": [{"code": town.code, "name": town.name} for town in towns]}


@bp.post("/desk/known-places")
@background
@requires(Permission.DESK_USE)
def known_places() -> ResponseReturnValue:
    """Return towns and addresses of earlier tickets that fit what is typed."""
    asked = asked_body()
    typed, county = _typed(asked, "text", 50), _typed(asked, "county", 16)
    return {"places": form_cards.place_cards(typed, county_code=county, at=clock.now())}


@bp.post("/desk/calls/<int:call_id>/alike-tickets")
@background
@requires(Permission.DESK_USE)
def alike_tickets(call_id: int) -> ResponseReturnValue:
    """Return tickets of this caller and of this place that may be about the same matter."""
    call = calls.get_call(call_id)
    presence = call_queue.presence_of(the_person().id)
    if call.agent_id != the_person().id and (presence is None or presence.call_id != call_id):
        raise call_queue.NotYourCall
    typed = asked_body()
    asked = duplicates.Asked(
        number=normalise(call.from_number),
        county_code=_typed(typed, "county", 16),
        matter=Matter(
            text=_typed(typed, "text", LONGEST_QUESTION),
            category_code=_typed(typed, "category", 8),
            town_code=_typed(typed, "town", 16),
            address=_typed(typed, "address", 200),
        ),
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    return {"tickets": [form_cards.alike_card(each) for each in duplicates.alike_tickets(asked)]}


def _typed(asked: Mapping[str, Any], name: str, longest: int) -> str:
    given = asked.get(name)
    return given[:longest] if isinstance(given, str) else ""
