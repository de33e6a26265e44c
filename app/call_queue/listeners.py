"""What the queue does when the ledger moves. Wiring only: the verbs stand in `following`."""

from app.call_queue import conferring, following
from app.calls import events as call_facts
from app.core.events import listen_within_save


def register() -> None:
    """Follow the ledger within its own saves: queue and ledger never disagree."""
    listen_within_save(call_facts.CallWaiting, following.caller_waits)
    listen_within_save(call_facts.CallLeftAlone, following.caller_left_alone)
    listen_within_save(call_facts.AgentRang, following.agent_rang)
    listen_within_save(call_facts.CallAnswered, following.call_answered)
    listen_within_save(call_facts.RingFailed, following.ring_failed)
    listen_within_save(call_facts.AgentLost, following.agent_lost)
    listen_within_save(call_facts.CallEnded, following.call_ended)
    listen_within_save(call_facts.OrderRefused, following.order_refused)
    listen_within_save(call_facts.PhoneThere, following.phone_there)
    listen_within_save(call_facts.PhoneAway, following.phone_away)
    listen_within_save(call_facts.CallTransferred, following.agent_left)
    listen_within_save(call_facts.CallHandedOver, following.call_handed_over)
    listen_within_save(call_facts.PartyTookCall, conferring.party_took_call)
    listen_within_save(call_facts.PartyLeft, conferring.party_left)
    listen_within_save(call_facts.OrderRefused, conferring.order_refused)
