"""Plays a story on a make-believe world, cue by cue, in whatever time that world lives."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from telephony.events import PartyLost
from telephony.port import ExchangeRefused
from telephony.simulator.agents import Act
from telephony.simulator.sim_call import Caller, Due
from telephony.simulator.story import Cue, Story, Turn
from telephony.simulator.world import World


class Stage(Protocol):
    """What a story needs besides the world: the door and the link."""

    def arrive(self, caller: Caller, now: datetime) -> object:
        """Let somebody call."""
        ...

    def break_link(self, now: datetime) -> None:
        """Cut the link to the app."""
        ...

    def hold_link(self) -> None:
        """Mend the link."""
        ...

    def restart_world(self) -> None:
        """Let the exchange crash and start again."""
        ...


class Script:
    """One story being played from a moment on."""

    def __init__(self, story: Story, *, begins: datetime) -> None:
        self._begins = begins
        self._cues = story.cues
        self._played = 0
        self._acts: dict[Turn, Callable[[World, Stage, Cue, datetime], None]] = {
            Turn.CALLS: _call,
            Turn.HANGS_UP: _hang_up,
            Turn.IS_THERE: _come,
            Turn.GOES_AWAY: _go,
            Turn.ANSWERS: _will_answer,
            Turn.MISSES: lambda world, _stage, cue, _now: world.agents.will(
                cue.who, None, times=cue.times
            ),
            Turn.REJECTS: _will_reject,
            Turn.LOSES_PHONE: lambda world, _stage, cue, now: world.lose_phone(
                cue.who, now, is_away=cue.lasts
            ),
            Turn.LINK_BREAKS: lambda _world, stage, _cue, now: stage.break_link(now),
            Turn.LINK_HOLDS: lambda _world, stage, _cue, _now: stage.hold_link(),
            Turn.RESTARTS: lambda _world, stage, _cue, _now: stage.restart_world(),
        }

    def next_moment(self) -> datetime | None:
        """Return when the story goes on, or None after its end."""
        if self._played == len(self._cues):
            return None
        return self._begins + self._cues[self._played].at

    def play(self, world: World, stage: Stage, now: datetime) -> None:
        """Play every cue whose moment has come; the world lives up to each of them first."""
        while (moment := self.next_moment()) is not None and moment <= now:
            cue = self._cues[self._played]
            self._played += 1
            world.pass_time(moment)
            self._acts[cue.turn](world, stage, cue, moment)


def _call(_world: World, stage: Stage, cue: Cue, now: datetime) -> None:
    caller = Caller(
        from_number=cue.who, dialled_number=cue.dialled, patience=cue.waits, talk=cue.talks
    )
    stage.arrive(caller, now)


def _hang_up(world: World, _stage: Stage, cue: Cue, now: datetime) -> None:
    """A phone of ours, or a caller; whoever has no call any more has nothing to end."""
    of_caller = [call.call_key for call in world.calls.values() if call.from_number == cue.who]
    with suppress(ExchangeRefused):
        if of_caller:
            world.caller_hangs_up(of_caller[-1], now)
        else:
            world.agent_leaves(cue.who, PartyLost.HUNG_UP, now)


def _come(world: World, _stage: Stage, cue: Cue, now: datetime) -> None:
    world.change_phone(cue.who, now, is_admitted=True, is_desk_open=True)


def _go(world: World, _stage: Stage, cue: Cue, now: datetime) -> None:
    world.change_phone(cue.who, now, is_desk_open=False)


def _will_answer(world: World, _stage: Stage, cue: Cue, _now: datetime) -> None:
    world.agents.will(cue.who, Act(what=Due.AGENT_TAKES, after=cue.after), times=cue.times)


def _will_reject(world: World, _stage: Stage, cue: Cue, _now: datetime) -> None:
    world.agents.will(cue.who, Act(what=Due.AGENT_REJECTS, after=cue.after), times=cue.times)
