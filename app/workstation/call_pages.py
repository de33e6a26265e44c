"""Pages of past calls: the list, and one call with what it left and its recordings."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.call_queue import taking_up
from app.calls import service as calls
from app.core.database import unit_of_work
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy.personal_traces import masked_in
from app.recordings import holds, listening
from app.recordings import service as recordings
from app.tickets import reading
from app.tickets import service as tickets
from app.workstation import call_story, kept_drafts, pop_cards, story_words

bp = Blueprint("call_pages", __name__)

TONES = {
    "exchange": "azure",
    "ledger": "green",
    "leg": "purple",
    "order": "orange",
    "offer": "secondary",
    "presence": "secondary",
}
"""Colours of the story's sources."""


@bp.get("/calls")
@requires(Permission.CALLS_READ_OWN)
def list_calls() -> ResponseReturnValue:
    """Show the agent's own calls; everybody's to those who may see all."""
    mine = None if may(Permission.CALLS_READ_ALL) else the_person().id
    page = calls.list_calls(agent_id=mine, page=request.args.get("page", 1, type=int))
    agents = accounts.people([call.agent_id for call in page.items if call.agent_id])
    return render_template(
        "workstation/calls.html",
        page=page,
        agents=agents,
        outcomes=tickets.outcomes_of([call.id for call in page.items]),
        forwards=calls.forwards_of([call.id for call in page.items]),
    )


@bp.get("/calls/<int:call_id>")
@requires(Permission.CALLS_READ_OWN)
def show_call(call_id: int) -> ResponseReturnValue:
    """Show one call: when what happened, what it left, what was recorded."""
    call = calls.get_call(call_id)
    if call.agent_id != the_person().id and not may(Permission.CALLS_READ_ALL):
        raise calls.NoSuchCall
    reader = reading.reader_of(the_person().id)
    opened = tickets.tickets_of_call(call.id)
    draft = tickets.draft_of(call.id) if call.agent_id == the_person().id else None
    plays = recordings.plays_of_call(call.id) if may(Permission.RECORDINGS_HOLD) else []
    return render_template(
        "workstation/call.html",
        call=call,
        line=pop_cards.line_card(call, agent_id=the_person().id),
        agent=accounts.get_person(call.agent_id) if call.agent_id else None,
        door_reason=story_words.door(call.door_reason) if call.door_reason else None,
        talk_seconds=calls.talk_seconds(call.id),
        wait_seconds=calls.wait_seconds(call.id),
        enquiries=[
            (each, _note_shown(each.note, opened, reader)) for each in tickets.enquiries_of(call.id)
        ],
        opened=[(each, reading.title_in_list(each, reader)) for each in opened],
        draft=draft,
        written=kept_drafts.written_in(draft) if draft else [],
        recordings=recordings.recordings_of_call(call.id),
        may_play=may(Permission.RECORDINGS_PLAY)
        and recordings.may_hear_call(call.id, listener=listening.listener_now()),
        hold=holds.standing_hold(call.id),
        plays=plays,
        listeners=accounts.people([play.played_by for play in plays]),
    )


@bp.post("/calls/<int:call_id>/take-up")
@requires(Permission.DESK_USE)
def take_up_call(call_id: int) -> ResponseReturnValue:
    """Put one's own ended call back on one's desk, to go on writing."""
    with unit_of_work():
        taking_up.take_up(the_person().id, call_id=call_id)
    return redirect(url_for("workstation.show_desk"))


def _note_shown(note: str, opened: list[tickets.Ticket], reader: reading.Reader) -> str:
    """Return a record's note; what a ticket of the same call hides is hidden in it too."""
    for ticket in opened:
        seen = reading.sight(ticket, reader, in_list=True)
        if seen is None:
            return ""
        note = reading.text_shown(ticket, note, seen)
    return masked_in(note)


@bp.get("/calls/<int:call_id>/story")
@requires(Permission.CALLS_EXPLAIN)
def tell_story(call_id: int) -> ResponseReturnValue:
    """Tell why a call went as it did: one sentence, then every row that is kept of it."""
    call = calls.get_call(call_id)
    return render_template(
        "workstation/story.html", call=call, story=call_story.story_of(call), tones=TONES
    )
