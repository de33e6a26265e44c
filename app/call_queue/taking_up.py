"""A call that left its agent's desk without a record comes back to it, to go on writing."""

from app.accounts import service as accounts
from app.call_queue import presences
from app.call_queue.presence_states import NotReadyReason, PresenceState
from app.call_queue.presences import Move
from app.call_queue.refusals import NotWhileInACall, NotYourCall
from app.calls import service as calls

FREE = frozenset({PresenceState.READY, PresenceState.NOT_READY, PresenceState.MISSED})
AWAY = frozenset({PresenceState.SIGNED_OUT, PresenceState.LINK_LOST})


def take_up(agent_id: int, *, call_id: int) -> None:
    """Put an ended call of this agent on his desk; he takes no calls until its work is done.

    Raises NotYourCall for a call of others or one that goes on, NotWhileInACall while another is on
    the desk. Whose desk is closed finds the call there when he opens it.
    """
    calls.lock(call_id)
    phone = accounts.get_person(agent_id).work_number
    presence = presences.open_presence(agent_id, phone=phone)
    call = calls.get_call(call_id)
    if call.agent_id != agent_id or call.state is not calls.CallState.ENDED:
        raise NotYourCall
    if presence.call_id == call_id:
        return
    if presence.call_id is not None or presence.state not in FREE | AWAY:
        raise NotWhileInACall
    presence.call_id = call_id
    unfinished = NotReadyReason.RECORD_UNFINISHED
    presence.next_state = presence.next_reason = None
    if presence.state in FREE:
        presences.move(presence, Move(to=PresenceState.NOT_READY, reason=unfinished))
    elif presence.state is PresenceState.LINK_LOST:
        # The desk that comes back begins with it; one that signs in does so by itself.
        presence.next_state, presence.next_reason = PresenceState.NOT_READY, unfinished
