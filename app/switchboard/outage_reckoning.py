"""What happened while we, or an exchange, were away: reckoned from bare rows. Pure.

An absence begins with the last sign of life before it and ends with the first one after it. Rows
may be told twice, late and past each other: they are put in order first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

AFTERWARDS = timedelta(minutes=2)
"""So long after an absence, what is mended and heard late belongs to it."""

FOUND_GONE = "found_gone"
"""Why a call ended whose end nobody told: it was not there any more when we looked."""


class Who(StrEnum):
    """Who was away."""

    APP = "app"  # nobody was on duty: another process took the lease when it had run out
    SAVING = "saving"  # whoever was on duty lived, and could not save: the database was gone
    LINK = "link"  # the link to one exchange
    EXCHANGE = "exchange"  # it began a new life: whatever it carried is gone


class Fate(StrEnum):
    """What became of a caller. Each belongs to one."""

    TALKED_ON = "talked_on"  # all through it or to his own end
    ANSWERED_ALONE = "answered_alone"  # by the exchange's own queue
    GAVE_UP = "gave_up"  # it was over for him before anybody answered
    ADOPTED = "adopted"  # back in our line, or never out of it
    CUT_OFF = "cut_off"  # gone with the exchange's life
    LOST = "lost"  # the ledger has him for live, and no exchange can carry him any more


@dataclass(frozen=True, kw_only=True)
class LinkStep:
    """A link came (`is_up`) or went, as it was told, by the exchange's clock."""

    exchange_id: str
    at: datetime
    is_up: bool
    boot_id: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class DutyStep:
    """Somebody took the duty; `seen_before`: the last sign of life of whoever had it before.

    `is_again`: the same process had it before, and nobody else in between.
    """

    at: datetime
    seen_before: datetime | None
    is_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Who was away, from when until when; without an end it lasts."""

    who: Who
    began_at: datetime
    ended_at: datetime | None
    exchange_id: str = ""  # empty: of all
    why: str = ""

    @property
    def key(self) -> str:
        """Return what it is asked for by: the same while it lasts and when it is over."""
        at = round(self.began_at.timestamp() * 1000)
        return f"{at}-{self.exchange_id}" if self.exchange_id else str(at)


@dataclass(frozen=True, kw_only=True)
class CallStep:
    """One step of a call: the word of its new state, and the word of why."""

    state: str
    at: datetime
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class CallThen:
    """A call that was up at some moment of an absence.

    `is_stranded`: it has no end, and its exchange lives another life than the call's.
    """

    exchange_id: str
    boot_id: str
    invited_at: datetime
    ended_at: datetime | None
    steps: Sequence[CallStep]
    call_id: int = 0
    is_stranded: bool = False


@dataclass(frozen=True, kw_only=True)
class CallFate:
    """One caller of an outage.

    `state_then`: where he was when it began, empty if he came later; `waited`: how many seconds
    the exchange had him alone.
    """

    call_id: int
    fate: Fate
    state_then: str
    waited: float | None = None
    has_ended: bool = False  # before it was over, or as its end was found out


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An absence, and what became of the callers meanwhile.

    `mended`: kind of difference → how many. `unheld`: the keys of calls that were heard of and of
    which the ledger has no row.
    """

    absence: Absence
    callers: Sequence[CallFate] = ()
    mended: Mapping[str, int] = field(default_factory=dict)
    heard_late: int = 0  # pieces of news
    unheld: Sequence[str] = ()

    def count(self, fate: str) -> int:
        """Return of how many callers this became; by its word, as templates ask."""
        return sum(each.fate == fate for each in self.callers)

    @property
    def waiting_then(self) -> int:
        """Return how many were up and talked with nobody when it began."""
        then = [each.state_then for each in self.callers if each.state_then]
        return len(then) - self.talking_then

    @property
    def talking_then(self) -> int:
        """Return how many were in a talk when it began, also on its hold music."""
        return sum(each.state_then in IN_TALK for each in self.callers)

    @property
    def came_in(self) -> int:
        """Return how many called meanwhile."""
        return sum(not each.state_then for each in self.callers)

    @property
    def ended(self) -> int:
        """Return how many calls were over before it was, however they ended."""
        return sum(each.has_ended for each in self.callers)

    @property
    def waits(self) -> Sequence[float]:
        """Return how long the exchange had callers alone, in seconds.

        From when it had one until somebody of ours answered him there, he gave up, or we had him
        back.
        """
        return [each.waited for each in self.callers if each.waited is not None]

    @property
    def lost(self) -> int:
        """Return how many callers nobody can account for. It must be none."""
        return self.count(Fate.LOST) + len(self.unheld)


IN_TALK = frozenset({"talking", "held", "handed_over", "calling", "transferring", "reconnecting"})
TALKS = frozenset({"talking", "held", "handed_over"})


def absences_of_app(steps: Iterable[DutyStep], *, longest_silence: timedelta) -> list[Absence]:
    """Return when nobody was on duty for longer than a holder may be silent."""
    return [
        Absence(
            who=Who.SAVING if step.is_again else Who.APP,
            began_at=step.seen_before,
            ended_at=step.at,
        )
        for step in sorted(steps, key=lambda one: one.at)
        if step.seen_before is not None and step.at - step.seen_before > longest_silence
    ]


def absences_of_links(steps: Collection[LinkStep]) -> list[Absence]:
    """Return when links were down, and where an exchange began a new life."""
    found = []
    for exchange_id in sorted({step.exchange_id for step in steps}):
        of_link = sorted(
            {step for step in steps if step.exchange_id == exchange_id},
            key=lambda step: (step.at, step.is_up),
        )
        found += _of_one_link(of_link)
    return sorted(found, key=lambda one: one.began_at)


def _of_one_link(steps: Sequence[LinkStep]) -> list[Absence]:
    found = []
    down: LinkStep | None = None
    boot_id = ""
    for step in steps:
        if not step.is_up:
            down = down or step
            continue
        is_new_life = boot_id not in {"", step.boot_id}
        if down is not None or is_new_life:
            found.append(_absence(down or step, ended_at=step.at, is_new_life=is_new_life))
        down, boot_id = None, step.boot_id
    if down is not None:
        found.append(_absence(down, ended_at=None, is_new_life=False))
    return found


def _absence(step: LinkStep, *, ended_at: datetime | None, is_new_life: bool) -> Absence:
    return Absence(
        who=Who.EXCHANGE if is_new_life else Who.LINK,
        began_at=step.at,
        ended_at=ended_at,
        exchange_id=step.exchange_id,
        why=step.why,
    )


def reckon(
    absence: Absence,
    calls: Iterable[CallThen],
    *,
    mended: Mapping[str, int],
    heard_late: int,
    now: datetime,
    unheld: Sequence[str] = (),
) -> Outage:
    """Say what became of the callers of one absence."""
    until = absence.ended_at or now
    return Outage(
        absence=absence,
        callers=[
            _caller(call, absence, until)
            for call in calls
            if absence.exchange_id in {"", call.exchange_id} and _was_up(call, absence, until)
        ],
        mended=dict(mended),
        heard_late=heard_late,
        unheld=unheld,
    )


def _was_up(call: CallThen, absence: Absence, until: datetime) -> bool:
    is_late = call.ended_at is not None and call.ended_at < absence.began_at
    return call.invited_at <= until and not is_late


def _caller(call: CallThen, absence: Absence, until: datetime) -> CallFate:
    fate, waited = _fate_of(call, absence, until)
    return CallFate(
        call_id=call.call_id,
        fate=fate,
        state_then=_state_then(call, absence),
        waited=waited,
        has_ended=_is_over(call, until),
    )


def _is_over(call: CallThen, until: datetime) -> bool:
    """Say whether it ended meanwhile; an end that was only found out is dated when it was."""
    if call.ended_at is None:
        return False
    was_found = any(step.because == FOUND_GONE for step in call.steps)
    return call.ended_at <= (until + AFTERWARDS if was_found else until)


def _state_then(call: CallThen, absence: Absence) -> str:
    if call.invited_at >= absence.began_at:
        return ""
    passed = [step.state for step in call.steps if step.at <= absence.began_at]
    return passed[-1] if passed else "intake"


def _fate_of(call: CallThen, absence: Absence, until: datetime) -> tuple[Fate, float | None]:
    """Return what became of him, and how long he waited alone, if he did."""
    if call.is_stranded:
        return Fate.LOST, None
    alone_at = _alone_from(call, absence, until)
    if alone_at is None:
        return _fate_with_us(call, absence, until), None
    for step in call.steps:
        if step.at < alone_at or step.state in {"alone", "ringing"}:
            continue
        fate = {"talking": Fate.ANSWERED_ALONE, "ended": Fate.GAVE_UP}.get(step.state, Fate.ADOPTED)
        return fate, (step.at - alone_at).total_seconds()
    return Fate.ADOPTED, None  # he is still there


def _alone_from(call: CallThen, absence: Absence, until: datetime) -> datetime | None:
    """Return when the exchange had this caller alone, for the first time in the absence."""
    for step, following in pairwise([*call.steps, CallStep(state="", at=call.ended_at or until)]):
        if step.state == "alone" and step.at <= until and following.at >= absence.began_at:
            return step.at
    return None


def _fate_with_us(call: CallThen, absence: Absence, until: datetime) -> Fate:
    state_then = _state_then(call, absence)
    if absence.who is Who.EXCHANGE and call.invited_at < absence.began_at:
        return Fate.CUT_OFF
    # A phone that rang when we went can be answered without us.
    first_after = next((s.state for s in call.steps if s.at > absence.began_at), "")
    if state_then in TALKS or (state_then == "ringing" and first_after == "talking"):
        return Fate.TALKED_ON
    return Fate.GAVE_UP if _is_over(call, until) else Fate.ADOPTED
