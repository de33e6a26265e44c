"""What a ledger and an exchange disagree about, after we were away and in between. Pure.

The exchange is right about what is up; the ledger is right about what has been. The difference is
told as ordinary news with the natural keys that the missed news had, so that hearing both changes
nothing twice (A5, decision 4).

While the link holds, a difference may only mean that news is on its way. It is believed once it was
seen twice in the same words, some seconds apart, and nothing was heard of its call in between.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class LedgerCall:
    """A call that the ledger believes to be up."""

    boot_id: str
    call_key: str


@dataclass(frozen=True)
class Difference:
    """Calls to bring in or up to date, and calls that are no more."""

    up: frozenset[str]  # call keys that the exchange carries
    gone: frozenset[LedgerCall]


def compare(
    ledger: Collection[LedgerCall], live_keys: Collection[str], *, boot_id: str
) -> Difference:
    """Return what to mend: every live call is told again; every other believed call has ended."""
    up = frozenset(live_keys)
    gone = frozenset(c for c in ledger if c.boot_id != boot_id or c.call_key not in up)
    return Difference(up=up, gone=gone)


ON_OFF = {True: "on", False: "off"}
LONGEST_LIST = 255
"""Characters of who is in a call that a difference keeps."""


class DifferenceKind(StrEnum):
    """What is not as the exchange has it."""

    MISSING_IN_LEDGER = (
        "missing_in_ledger"  # a call that is up, and of which we do not know, or not any more
    )
    MISSING_AT_EXCHANGE = "missing_at_exchange"  # a call that is over, and that nobody told us of
    OTHER_PLACE = "other_place"  # a caller who is not where we think
    OTHER_AGENT = "other_agent"  # one who talks with somebody else than we think
    PARTIES = "parties"  # somebody else is in the call, or not there any more, or has answered
    SUPERVISION = "supervision"  # a supervisor who takes part, or not, or in another way
    MUTE = "mute"  # an agent whom the caller hears while we think not, or the other way round
    RECORDING_PAUSE = "recording_pause"  # a recorder that writes while we think not, or vice versa
    PHONE = "phone"  # a phone that can be rung, or cannot, or under another address


@dataclass(frozen=True, kw_only=True)
class StandingCall:
    """A call and where it stands: its state in the ledger, or its place at the exchange.

    `agent` is the phone that has the caller. `parties` are the others, each by its leg and whether
    it still rings; `supervision` is who takes part and how. `is_muted` and `is_paused` are of the
    agent and of the recording; None where that side cannot say. `mark` changes whenever something
    is heard of it.
    """

    call_key: str
    boot_id: str
    standing: str
    agent: str = ""
    parties: frozenset[str] = frozenset()
    supervision: frozenset[str] = frozenset()
    is_muted: bool | None = None
    is_paused: bool | None = None
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """One difference; equal to another one only when both sides say the same again."""

    kind: DifferenceKind
    subject: str  # the call's key, or the phone
    ledger_says: str
    exchange_says: str
    mark: str = ""


# Where a caller may be at the exchange while the ledger has him in this state. What is not in the
# table is not compared. A caller without an agent is held because somebody is rung for him, and
# talks with somebody outside (telephony.port.LiveCall).
ENDED, UP = "ended", "up"
HELD_FOR_ANOTHER = "held_for_another"
TALKING_OUTSIDE = "talking_outside"
CITIZEN_RINGS = "citizen_rings"
PLACES: Mapping[str, frozenset[str]] = {
    "intake": frozenset(),  # wherever else he is: that he came there was not heard
    "waiting": frozenset({"queue"}),
    "ringing": frozenset({"ringing"}),
    "calling": frozenset({"ringing"}),
    CITIZEN_RINGS: frozenset({"called"}),
    "talking": frozenset({"talking"}),
    "held": frozenset({"held"}),
    "transferring": frozenset({HELD_FOR_ANOTHER}),
    "handed_over": frozenset({TALKING_OUTSIDE}),
    "reconnecting": frozenset({"kept", "queue", "ringing"}),
    "alone": frozenset({"alone"}),
}
COMPARED_PLACES = frozenset().union(*PLACES.values())


def disagreements(
    ledger: Collection[StandingCall], live: Collection[StandingCall]
) -> frozenset[Disagreement]:
    """Return what a ledger's live calls and an exchange's disagree about.

    A call that has ended for the ledger is named in it only where the exchange shows it up.
    """
    at_exchange = {(call.boot_id, call.call_key): call for call in live}
    in_ledger = {(call.boot_id, call.call_key): call for call in ledger}
    kind = DifferenceKind
    missing = {
        Disagreement(kind=kind.MISSING_IN_LEDGER, subject=key[1], ledger_says="", exchange_says=UP)
        for key in at_exchange.keys() - in_ledger.keys()
    }
    over = {
        _disagreement(kind.MISSING_AT_EXCHANGE, in_ledger[key], "")
        for key in in_ledger.keys() - at_exchange.keys()
    }
    other = {
        found
        for key in in_ledger.keys() & at_exchange.keys()
        if (found := _difference_of(in_ledger[key], at_exchange[key])) is not None
    }
    return frozenset(missing | over | other)


def _difference_of(ours: StandingCall, theirs: StandingCall) -> Disagreement | None:
    """Return the gravest difference of a call; mending that one brings all of it up to date."""
    kind = DifferenceKind
    if ours.standing == ENDED:
        return _disagreement(kind.MISSING_IN_LEDGER, ours, UP)
    if not _agree(ours.standing, theirs.standing):
        return _disagreement(kind.OTHER_PLACE, ours, theirs.standing)
    if ours.agent and theirs.agent and ours.agent != theirs.agent:
        return _disagreement(kind.OTHER_AGENT, ours, theirs.agent, says=ours.agent)
    for what, said, heard in (
        (kind.PARTIES, ours.parties, theirs.parties),
        (kind.SUPERVISION, ours.supervision, theirs.supervision),
    ):
        if said != heard:
            return _disagreement(what, ours, _listed(heard), says=_listed(said))
    for what, is_said, is_heard in (
        (kind.MUTE, ours.is_muted, theirs.is_muted),
        (kind.RECORDING_PAUSE, ours.is_paused, theirs.is_paused),
    ):
        if is_said is not None and is_heard is not None and is_said is not is_heard:
            return _disagreement(what, ours, ON_OFF[is_heard], says=ON_OFF[is_said])
    return None


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))[:LONGEST_LIST]


def phone_disagreements(
    ledger: Mapping[str, str], there: Mapping[str, str]
) -> frozenset[Disagreement]:
    """Return the phones that the exchange can ring under another address than the ledger says."""
    return frozenset(
        Disagreement(
            kind=DifferenceKind.PHONE,
            subject=phone,
            ledger_says=ledger.get(phone, ""),
            exchange_says=there.get(phone, ""),
        )
        for phone in ledger.keys() | there.keys()
        if ledger.get(phone) != there.get(phone)
    )


def _agree(state: str, place: str) -> bool:
    if state not in PLACES or place not in COMPARED_PLACES:
        return True
    return place in PLACES[state]


def _disagreement(
    kind: DifferenceKind, call: StandingCall, exchange_says: str, *, says: str | None = None
) -> Disagreement:
    return Disagreement(
        kind=kind,
        subject=call.call_key,
        ledger_says=call.standing if says is None else says,
        exchange_says=exchange_says,
        mark=call.mark,
    )
