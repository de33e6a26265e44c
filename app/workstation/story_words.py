"""The words for what is kept of a call: each code becomes a key of the catalogues. Pure.

A code without words (an exchange may report anything) is shown as it is.
"""

from dataclasses import dataclass
from typing import Any

from app.call_queue.presence_states import PresenceState
from app.calls.call_states import OrderState
from app.channels.door_rules import Sign, TurnedAway

EVENTS = frozenset(
    {
        "call_arrived", "caller_placed", "agent_ringing", "agent_answered", "ring_failed",
        "agent_gone", "call_ended", "recording_ready", "call_placed_out", "citizen_answered",
        "caller_held", "caller_resumed", "agent_muted", "digits_sent", "recording_paused",
        "party_ringing", "party_answered", "party_failed", "party_gone", "parties_joined",
        "supervision_changed", "call_forwarding", "forward_answered", "forward_failed",
        "door_answered", "invited",
    }
)  # fmt: skip
BECAUSE = frozenset(
    {
        "agent_said", "called_out", "found_gone", "found_up", "order_refused",
        "page_reported", "phone_away", "phone_registered_anew", "reconnect_deadline",
    }
)  # fmt: skip
PLACES = frozenset(
    {
        "intake", "forwarded", "queue", "ringing", "talking", "held", "called", "kept", "alone",
    }
)  # fmt: skip
REASONS = frozenset(
    {
        "no_answer", "busy", "rejected", "unreachable", "withdrawn", "hung_up", "media_lost",
        "phone_lost", "transferred", "gone", "call_ended", "answered",
    }
)  # fmt: skip
DOOR = frozenset({*map(str, Sign), *map(str, TurnedAway)})
ORDERS = frozenset(
    {
        "RingAgent", "StopRinging", "KeepCaller", "ReturnToQueue", "AnswerForAgent", "HangUp",
        "HoldCaller", "ResumeCaller", "MuteAgent", "SendDigits", "PauseRecording", "CallParty",
        "JoinParties", "LeaveToParties", "DropParty", "TransferCaller", "Supervise",
        "StopSupervising", "CallOut",
    }
)  # fmt: skip
ORDER_STATES = frozenset({*map(str, OrderState), "nothing_came"})
CODES = frozenset(
    {
        "no-such-call", "phone-unreachable", "link-down", "no-answer", "refused", "not-here",
        "forged",
    }
)  # fmt: skip
PRESENCES = frozenset(map(str, PresenceState))
PAUSES = frozenset(
    {
        "break", "meal", "meeting", "training", "coaching", "paperwork", "signed_in",
        "record_unfinished", "phone_lost", "after_abuse", "consult", "transfer", "supervise",
        "consulted", "supervising", "calling", "at_board",
    }
)  # fmt: skip
PEOPLE = frozenset({"caller", "agent", "app", "exchange"})

GROUPS = {
    "event": EVENTS, "because": BECAUSE, "place": PLACES, "reason": REASONS, "order": ORDERS,
    "order_state": ORDER_STATES, "code": CODES, "presence": PRESENCES, "pause": PAUSES,
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One piece of a row's words: a key of the catalogues, or a text that is the same anywhere."""

    key: str = ""
    text: str = ""


def said(group: str, code: str) -> Said:
    """Return the words for a code of this group."""
    return Said(key=f"story.{group}_{code}") if code in GROUPS[group] else Said(text=code)


def text(plain: str) -> tuple[Said, ...]:
    """Return a text that needs no words: a telephone, a file's name."""
    return (Said(text=plain),) if plain else ()


def because(code: str) -> tuple[Said, ...]:
    """Return why the ledger moved: by an exchange's news, or by something of ours."""
    return (said("event" if code in EVENTS else "because", code),)


def door(reason: str) -> Said:
    """Return why a call was not simply queued."""
    return Said(key=f"door.{reason}") if reason in DOOR else Said(text=reason)


def told(body: dict[str, Any]) -> tuple[Said, ...]:
    """Return what is worth reading of an event as the exchange told it. Numbers are not."""
    found = []
    for name, words in _TOLD.items():
        value = body.get(name)
        if value not in (None, ""):
            found.append(words(str(value)))
    return tuple(found)


def _reason(code: str) -> Said:
    return door(code) if code in DOOR else said("reason", code)


def _ended_by(code: str) -> Said:
    return Said(key=f"calls.by_{code}") if code in PEOPLE else Said(text=code)


def _plain(value: str) -> Said:
    return Said(text=value)


_TOLD = {
    "place": lambda code: said("place", code),
    "phone": _plain,
    "reason": _reason,
    "cause": lambda code: Said(text=f"Q.850 {code}"),
    "ended_by": _ended_by,
    "recording_name": _plain,
    "status": _plain,
}
