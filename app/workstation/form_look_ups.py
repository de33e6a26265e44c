"""What the forms ask for while an agent types; nothing here changes anything."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.call_queue import service as call_queue
from app.calls import service as calls
from app.core import clock
from app.core.permissions import Permission, may, requires
from app.core.phone_numbers import normalise
from app.core.sign_in import background, the_person
from app.organisation import service as organisation
from app.tickets import duplicates
from app.tickets.likeness import Matter
from app.workstation import form_cards, pop_cards

bp = Blueprint("form_look_ups", __name__)

LONGEST_QUESTION = 400


@bp.get("/desk/suggestions")
@background
@requires(Permission.DESK_USE)
def suggestions() -> ResponseReturnValue:
    """Return the entries that may answer what is typed."""
    text = request.args.get("text", "")[:LONGEST_QUESTION]
    return {"suggestions": pop_cards.suggestion_cards(text, request.args.get("line", ""))}


@bp.get("/desk/places")
@background
@requires(Permission.DESK_USE)
def places() -> ResponseReturnValue:
    """Return the towns of one county."""
    towns = organisation.towns_of(request.args.get("county", ""))
    return {"towns": [{"code": town.code, "name": town.name} for town in towns]}


@bp.get("/desk/known-places")
@background
@requires(Permission.DESK_USE)
def known_places() -> ResponseReturnValue:
    """Return towns and addresses of earlier tickets that fit what is typed."""
    typed = request.args.get("text", "")[:50]
    county = request.args.get("county", "")[:16]
    return {"places": form_cards.place_cards(typed, county_code=county, at=clock.now())}


@bp.get("/desk/calls/<int:call_id>/alike-tickets")
@background
@requires(Permission.DESK_USE)
def alike_tickets(call_id: int) -> ResponseReturnValue:
    """Return tickets of this caller and of this place that may be about the same matter."""
    call = calls.get_call(call_id)
    presence = call_queue.presence_of(the_person().id)
    if call.agent_id != the_person().id and (presence is None or presence.call_id != call_id):
        raise call_queue.NotYourCall
    asked = duplicates.Asked(
        number=normalise(call.from_number),
        county_code=request.args.get("county", "")[:16],
        matter=Matter(
            text=request.args.get("text", "")[:LONGEST_QUESTION],
            category_code=request.args.get("category", "")[:8],
            town_code=request.args.get("town", "")[:16],
            address=request.args.get("address", "")[:200],
        ),
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    return {"tickets": [form_cards.alike_card(each) for each in duplicates.alike_tickets(asked)]}
