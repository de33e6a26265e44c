"""What a call was, reckoned from Asterisk's CEL alone. Pure; knows nothing of our news or tables.

Two talk while their channels are in one bridge. Whoever is alone in a bridge, or in none, talks
with nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.bed.own_books import Event


@dataclass(frozen=True, kw_only=True)
class ByCel:
    """A call as CEL tells it. Lengths are in seconds; `announced` is what was played at the door.

    `parted`: after the first talk, and before the end, without anybody. `rung`: the phones of ours
    that were rung, one for each time.
    """

    began: datetime
    ended: datetime | None
    queued: datetime | None
    announced: float
    talked_from: datetime | None
    talked: float
    parted: float
    rung: Sequence[str]
    is_ended_by_caller: bool


def reckon(call_key: str, events: Sequence[Event], *, phones: Iterable[str]) -> ByCel:
    """Reckon one call; `events` are those of all channels that met it, `phones` ours."""
    own = [event for event in events if event.unique == call_key]
    began = next(event.at for event in own if event.kind == "CHAN_START")
    ended = next((event.at for event in own if event.kind == "CHAN_END"), None)
    talks = _together(call_key, events, until=ended)
    end = ended or max(event.at for event in events)
    return ByCel(
        began=began,
        ended=ended,
        queued=next((event.at for event in own if _is_queued(event)), None),
        announced=_announced(own, end=end),
        talked_from=talks[0][0] if talks else None,
        talked=_sum(talks),
        parted=(end - talks[0][0]).total_seconds() - _sum(talks) if talks else 0.0,
        rung=sorted(
            event.phone for event in events if event.kind == "CHAN_START" and event.phone in phones
        ),
        is_ended_by_caller=any(
            event.said.get("hangupsource") == event.channel
            for event in own
            if event.kind == "HANGUP"
        ),
    )


def _is_queued(event: Event) -> bool:
    return event.kind == "APP_START" and (event.application, event.context) == (
        "StartMusicOnHold",
        "queue",
    )


def _announced(own: Sequence[Event], *, end: datetime) -> float:
    total, since = timedelta(), None
    for event in own:
        if event.application != "Playback" or event.context not in {"greet", "announce"}:
            continue
        if event.kind == "APP_START":
            since = event.at
        elif event.kind == "APP_END" and since is not None:
            total, since = total + (event.at - since), None
    return (total + (end - since if since else timedelta())).total_seconds()


def _together(
    call_key: str, events: Sequence[Event], *, until: datetime | None
) -> list[tuple[datetime, datetime]]:
    """Return the stretches in which the caller shared a bridge with anybody."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    stretches, since = [], None
    steps = [event for event in events if event.kind in {"BRIDGE_ENTER", "BRIDGE_EXIT"}]
    for event in sorted(steps, key=lambda each: each.at):
        inside = members[event.said.get("bridge_id", "")]
        if event.kind == "BRIDGE_ENTER":
            inside.add(event.unique)
        else:
            inside.discard(event.unique)
        is_talking = any(call_key in each and len(each) > 1 for each in members.values())
        if is_talking and since is None:
            since = event.at
        elif not is_talking and since is not None:
            stretches.append((since, event.at))
            since = None
    if since is not None:
        stretches.append((since, until or steps[-1].at))
    return stretches


def _sum(stretches: Iterable[tuple[datetime, datetime]]) -> float:
    return sum((ended - began).total_seconds() for began, ended in stretches)
