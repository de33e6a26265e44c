"""Stories: what happens at a simulated exchange, written so that people can read it.

    # A caller who is missed once
    seed 7
    0:00   8001 is there
    0:05   15407620001 calls 12315, waits 60s, talks 90s
    0:05   8001 misses
    0:20   8001 answers after 3s
    1:00   8001 loses the phone for 4s
    1:30   15407620001 hangs up
    2:00   the link breaks for 10s
    3:00   the exchange restarts

A moment counts from the beginning: minutes:seconds or hours:minutes:seconds. A four- or five-digit
number is a phone of ours. `answers`, `misses` and `rejects` are about that phone's next ring (or
the next ones: `8001 misses 3 times`). What follows a # is a remark.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum


class StoryFault(ValueError):
    """A line of a story that nobody understands; the text says which."""


class Turn(StrEnum):
    """What can happen in a story."""

    CALLS = "calls"
    HANGS_UP = "hangs up"
    IS_THERE = "is there"
    GOES_AWAY = "goes away"
    ANSWERS = "answers"
    MISSES = "misses"
    REJECTS = "rejects"
    LOSES_PHONE = "loses the phone"
    LINK_BREAKS = "breaks"
    LINK_HOLDS = "holds"
    RESTARTS = "restarts"


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One thing that happens. `who` is a caller's number, a phone, or empty for the exchange."""

    at: timedelta
    turn: Turn
    who: str = ""
    dialled: str = ""
    waits: timedelta | None = None  # a caller's patience; None: for ever
    talks: timedelta = timedelta(seconds=60)
    after: timedelta = timedelta(seconds=2)
    lasts: timedelta = timedelta(seconds=5)
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Story:
    """Cues in the order of their moments, and the seed for whatever is left to chance."""

    seed: int = 1
    cues: tuple[Cue, ...] = ()


@dataclass
class _Reading:
    seed: int = 1
    cues: list[Cue] = field(default_factory=list)


_LENGTH = r"(\d+(?:\.\d+)?)s"
_CALLS = re.compile(rf"(\d*|withheld) calls (\d+)(?:, waits {_LENGTH})?(?:, talks {_LENGTH})?")
_PHONE_ACTS = re.compile(
    rf"(\d+) (is there|goes away|answers|misses|rejects|loses the phone|hangs up)"
    rf"(?: after {_LENGTH})?(?: for {_LENGTH})?(?: (\d+) times)?"
)
_EXCHANGE_ACTS = re.compile(rf"the (?:link|exchange) (breaks|restarts)(?: for {_LENGTH})?")
_LINE = re.compile(r"(\d+(?::\d\d){1,2}(?:\.\d+)?)\s+(.+)")


def read_story(text: str) -> Story:
    """Read a story; StoryFault names the first line that cannot be understood."""
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.split("#")[0].strip()
        try:
            _read_line(said, reading)
        except StoryFault as why:
            raise StoryFault(f"line {number}: {why}") from None
    return Story(seed=reading.seed, cues=in_order(reading.cues))


def in_order(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Return the cues by their moments; those of one moment stay as they were written."""
    return tuple(sorted(cues, key=lambda cue: cue.at))


def _read_line(said: str, reading: _Reading) -> None:
    if not said:
        return
    if seed := re.fullmatch(r"seed (\d+)", said):
        reading.seed = int(seed[1])
        return
    line = _LINE.fullmatch(said)
    if line is None:
        raise StoryFault(f"a moment and what happens, not {said!r}")
    at, what = _moment(line[1]), line[2]
    for form, read in _FORMS.items():
        if match := form.fullmatch(what):
            reading.cues.extend(read(at, match))
            return
    raise StoryFault(f"nobody understands {what!r}")


def _read_call(at: timedelta, match: "re.Match[str]") -> list[Cue]:
    who = "" if match[1] == "withheld" else match[1]
    waits = _length(match[3]) if match[3] else None
    talks = _length(match[4]) if match[4] else timedelta(seconds=60)
    return [Cue(at=at, turn=Turn.CALLS, who=who, dialled=match[2], waits=waits, talks=talks)]


def _read_phone_act(at: timedelta, match: "re.Match[str]") -> list[Cue]:
    cue = Cue(at=at, turn=Turn(match[2]), who=match[1], times=int(match[5] or 1))
    after = _length(match[3]) if match[3] else cue.after
    lasts = _length(match[4]) if match[4] else cue.lasts
    return [replace(cue, after=after, lasts=lasts)]


def _read_exchange_act(at: timedelta, match: "re.Match[str]") -> list[Cue]:
    cue = Cue(at=at, turn=Turn(match[1]))
    if cue.turn is not Turn.LINK_BREAKS or not match[2]:
        return [cue]
    return [cue, Cue(at=at + _length(match[2]), turn=Turn.LINK_HOLDS)]


_FORMS: dict["re.Pattern[str]", Callable[[timedelta, "re.Match[str]"], list[Cue]]] = {
    _CALLS: _read_call,
    _PHONE_ACTS: _read_phone_act,
    _EXCHANGE_ACTS: _read_exchange_act,
}


def _moment(text: str) -> timedelta:
    seconds = 0.0
    for piece in text.split(":"):
        seconds = seconds * 60 + float(piece)
    return timedelta(seconds=seconds)


def _length(text: str) -> timedelta:
    return timedelta(seconds=float(text))
