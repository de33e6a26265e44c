"""A call that left its agent's desk without a record comes back to it, to go on writing."""

from app.call_queue import presences
from app.call_queue.presence_states import NotReadyReason, PresenceState
from app.call_queue.presences import Move
from app.call_queue.refusals import NoDeskOpen, NotWhileInACall, NotYourCall
from app.calls import service as calls

FREE = frozenset({PresenceState.READY, PresenceState.NOT_READY, PresenceState.MISSED})


def take_up(agent_id: int, *, call_id: int) -> None:
    """Put an ended call of this agent on his desk; he takes no calls until its work is done.

    Raises NotYourCall for a call of others or one that goes on, NotWhileInACall while another is on
    the desk, and NoDeskOpen for who never had one or whose page is cut off.
    """
    calls.lock(call_id)
    presence = presences.lock(agent_id)
    if presence is None or presence.state is PresenceState.LINK_LOST:
        raise NoDeskOpen
    call = calls.get_call(call_id)
    if call.agent_id != agent_id or call.state is not calls.CallState.ENDED:
        raise NotYourCall
    if presence.call_id == call_id:
        return
    if presence.call_id is not None or presence.state not in FREE | {PresenceState.SIGNED_OUT}:
        raise NotWhileInACall
    presence.call_id = call_id
    # Without a desk it waits for the next one, which begins with what was left unfinished.
    if presence.state in FREE:
        presence.next_state = presence.next_reason = None
        presences.move(
            presence,
            Move(to=PresenceState.NOT_READY, reason=NotReadyReason.RECORD_UNFINISHED),
        )
