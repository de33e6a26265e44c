"""Which lives the demonstration's tickets live, so that no tab of any desk is empty. Pure.

A plot is a row of acts. Each unit is dealt one plot after the other, as far as a ticket is old
enough for it, so that every unit has some of each; most old tickets are closed.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.demo import seed_stories as tell
from app.demo.seed_days import CITY_ZONE
from app.demo.seed_stories import Teller
from app.tickets.ticket_moves import Actor, TicketAct
from app.tickets.ticket_states import TicketState

CLOSED_SHARE: Final = 0.62
URGENT_PACE: Final = 0.05
OF_NO_UNIT: Final = 0
LATE_AFTER: Final = timedelta(days=22)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A life that a ticket of this age may have had, in hours."""

    play: Callable[[Teller], None]
    youngest: float
    oldest: float = 10_000
    may_be_urgent: bool = True


def waits(t: Teller) -> None:
    """Nobody has dispatched it yet."""


def to_review(t: Teller) -> None:
    """It came in while new tickets were looked at before they are dispatched."""
    t.life.state = t.life.steps[0]["new"] = TicketState.TO_REVIEW


def to_sign(t: Teller) -> None:
    """It came to its unit a moment ago."""
    t.lately()
    tell.dispatch(t, 0.1)


def handled(t: Teller) -> None:
    """Its unit is at work."""
    tell.dispatch(t)
    tell.sign(t)
    tell.contact(t)


def untouched(t: Teller) -> None:
    """Its unit let the time to sign run out, and has not called the citizen."""
    tell.dispatch(t)
    tell.sign(t, 30)
    tell.contact(t, 6, reached=False)


def urged(t: Teller) -> None:
    """The citizen called again."""
    handled(t)
    tell.follow_up(t, "urge", "来电人再次来电催办，希望尽快处理。")


def supervised(t: Teller) -> None:
    """Somebody above wants to know."""
    handled(t)
    tell.follow_up(t, "supplement", "来电人补充：问题集中在早晚高峰时段。")
    tell.follow_up(t, "supervise", "请三个工作日内报送办理进展。")


def assisted(t: Teller) -> None:
    """Another unit owes its part."""
    tell.dispatch(t, helper=True)
    tell.sign(t)
    tell.contact(t)


def assistant_answered(t: Teller) -> None:
    """Another unit gave its part."""
    assisted(t)
    tell.opinion(t)


def sent_down(t: Teller) -> None:
    """A unit below does the work."""
    handled(t)
    tell.send_down(t)


def return_asked(t: Teller) -> None:
    """Its unit says that it is not its duty."""
    t.lately()
    tell.dispatch(t, 0.1)
    tell.ask_return(t, 0.5)


def return_refused(t: Teller) -> None:
    """It is its duty all the same."""
    tell.dispatch(t)
    tell.ask_return(t)
    tell.refuse_return(t)


def sent_elsewhere(t: Teller) -> None:
    """Another unit gave it back; it came here a moment ago."""
    tell.dispatch(t, lead=t.hands.other)
    t.life.parts[-1]["note"] = "请先行核实权属"
    _give_back_to_lead(t)
    t.lately()
    tell.dispatch(t, 0.1)


def disputed(t: Teller) -> None:
    """Two units say that it is not theirs."""
    tell.dispatch(t)
    tell.ask_return(t)
    tell.agree_return(t)
    tell.dispatch(t, lead=t.hands.other)
    _give_back_to_lead(t, agreed=False)
    tell.refer(t)


def _give_back_to_lead(t: Teller, *, agreed: bool = True) -> None:
    tell.ask_return(t)
    t.life.returns[-1]["proposed_unit_id"] = t.hands.lead
    t.life.steps[-1]["carried"]["proposed"] = t.hands.lead
    if agreed:
        tell.agree_return(t)


def extension_asked(t: Teller) -> None:
    """Its unit wants more time."""
    handled(t)
    tell.ask_time(t, "extension")


def extended(t: Teller) -> None:
    """It has more time."""
    handled(t)
    if tell.ask_time(t, "extension"):
        tell.give_time(t)


def suspended(t: Teller) -> None:
    """It waits for what the law makes it wait for."""
    handled(t)
    if tell.ask_time(t, "suspension"):
        tell.give_time(t)


def to_audit(t: Teller) -> None:
    """Its result is to be looked at."""
    handled(t)
    tell.hand_in(t)


def sent_back(t: Teller) -> None:
    """Its result did not hold."""
    to_audit(t)
    tell.send_back(t)


def to_visit(t: Teller) -> None:
    """The citizen is to be asked."""
    to_audit(t)
    tell.approve(t)


def not_reached(t: Teller) -> None:
    """The citizen did not answer yet."""
    to_visit(t)
    tell.ask(t, reached=False)


def asks_redo(t: Teller) -> None:
    """The citizen wants it handled again; nobody has decided."""
    to_visit(t)
    tell.ask(t, redo=True)


def redo_to_sign(t: Teller) -> None:
    """It came back to its unit for a second round."""
    asks_redo(t)
    t.lately()
    tell.send_again(t, 0.1)


def redo_handled(t: Teller) -> None:
    """Its unit works on it for the second time."""
    asks_redo(t)
    tell.send_again(t)
    tell.sign(t)
    tell.contact(t)


def closed(t: Teller) -> None:
    """Its citizen has spoken."""
    if t.dice.random() < 0.25:
        assistant_answered(t)
        tell.hand_in(t)
    else:
        to_audit(t)
    tell.approve(t)
    tell.ask(t)


def closed_after_redo(t: Teller) -> None:
    """Its citizen has spoken twice."""
    redo_handled(t)
    tell.hand_in(t, 20)
    tell.approve(t)
    tell.ask(t)


DECK: Final = (
    Plot(play=to_sign, youngest=1, oldest=30, may_be_urgent=False),
    Plot(play=handled, youngest=2),
    Plot(play=sent_back, youngest=30),
    Plot(play=redo_to_sign, youngest=60, may_be_urgent=False),
    Plot(play=assisted, youngest=3, oldest=100),
    Plot(play=return_refused, youngest=8, oldest=300, may_be_urgent=False),
    Plot(play=to_audit, youngest=20),
    Plot(play=extension_asked, youngest=20, may_be_urgent=False),
    Plot(play=sent_elsewhere, youngest=8, oldest=200, may_be_urgent=False),
    Plot(play=to_visit, youngest=30, oldest=250),
    Plot(play=suspended, youngest=40, may_be_urgent=False),
    Plot(play=urged, youngest=20),
    Plot(play=return_asked, youngest=6, oldest=60, may_be_urgent=False),
    Plot(play=redo_handled, youngest=100, may_be_urgent=False),
    Plot(play=assistant_answered, youngest=20),
    Plot(play=extended, youngest=40, may_be_urgent=False),
    Plot(play=sent_down, youngest=10),
    Plot(play=disputed, youngest=40, oldest=300, may_be_urgent=False),
    Plot(play=asks_redo, youngest=60, oldest=300),
    Plot(play=untouched, youngest=60, may_be_urgent=False),
    Plot(play=not_reached, youngest=60, oldest=300),
    Plot(play=supervised, youngest=40),
)
ENDED: Final = (
    Plot(play=closed, youngest=16),
    Plot(play=closed, youngest=16),
    Plot(play=closed, youngest=16),
    Plot(play=closed_after_redo, youngest=120),
)
WAITING: Final = Plot(play=waits, youngest=0, oldest=8)
REVIEWED: Final = Plot(play=to_review, youngest=0, oldest=8, may_be_urgent=False)
EVERY_REVIEWED: Final = 6
EVENING_HOUR, MORNING_HOUR = 18, 9
LATE: Final = (
    Plot(play=handled, youngest=0),
    Plot(play=urged, youngest=0),
    Plot(play=supervised, youngest=0),
)


def may_wait(*, came: datetime, now: datetime) -> bool:
    """Say whether it can be that nobody has dispatched it yet.

    By night what came since the evening waits for the first dispatcher of the morning.
    """
    here = now.astimezone(CITY_ZONE)
    if here.hour < MORNING_HOUR:
        evening = (here - timedelta(days=1)).replace(hour=EVENING_HOUR, minute=0)
        return came >= evening
    return now - came < timedelta(hours=WAITING.oldest)


@dataclass(kw_only=True)
class Dealer:
    """Deals plots to units, each unit its own deck."""

    dice: random.Random
    given: Counter[int] = field(default_factory=Counter)

    def deal(self, t: Teller) -> None:
        """Choose a plot for this ticket and play it."""
        if t.life.is_urgent:
            t.pace = URGENT_PACE
        self._choose(t).play(t)

    def _choose(self, t: Teller) -> Plot:
        age = t.now - t.life.last_at
        hours = age / timedelta(hours=1)
        if may_wait(came=t.life.last_at, now=t.now) and self.dice.random() < 0.4:
            self.given[OF_NO_UNIT] += 1
            is_looked_at = self.given[OF_NO_UNIT] % EVERY_REVIEWED == 2
            return REVIEWED if is_looked_at and not t.life.is_urgent else WAITING
        if age > LATE_AFTER and self.dice.random() < 0.12:
            return self.dice.choice(LATE)
        is_old = hours > 48
        if is_old and self.dice.random() < CLOSED_SHARE:
            return self.dice.choice([each for each in ENDED if each.youngest <= hours])
        return self._next_of_deck(t, hours)

    def _next_of_deck(self, t: Teller, hours: float) -> Plot:
        unit_id = t.hands.lead
        for _ in DECK:
            plot = DECK[self.given[unit_id] % len(DECK)]
            self.given[unit_id] += 1
            is_fit = plot.youngest <= hours <= plot.oldest
            if is_fit and (plot.may_be_urgent or not t.life.is_urgent):
                return plot
        return WAITING


def merge(child: Teller, master: Teller, *, child_number: str) -> bool:
    """Let one ticket follow another of the same matter and place, if it still can."""
    if child.life.master is not None or master.life.master is not None:
        return False
    begins = max(child.life.last_at, master.life.last_at)
    if begins >= child.now or any(each.life.closed_at for each in (child, master)):
        return False
    at = begins + (child.now - begins) / 3
    by = child.hands.dispatcher
    child.life.act(TicketAct.MERGE, Actor.DISPATCHER, at=at, by=by, master="master")
    child.life.master = master.life
    master.life.note("took_in", at=at, by=by, carried={"child": child_number})
    return True
