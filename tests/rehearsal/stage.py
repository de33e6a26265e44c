"""A house of which each part can be taken away in the middle of a call, and brought back.

Beside the switchboard's loops it has what else runs: the pages at their desks, what carries facts
to them, the keeper of recordings, and a database that can be out of reach.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from sqlite3 import OperationalError as FileAway
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import PresenceState
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.facts import FactsRecorded, NumberedFact, agent_audience
from app.core.handed_down import hand_down
from app.realtime.connections import RENEW_SECONDS
from app.realtime.newest import newest_numbers
from app.recordings import jobs
from app.switchboard.exchange_worker import InHand, _drained
from app.switchboard.news_pump import LONGEST_SAVE_SECONDS, TROUBLE
from app.workstation import service as workstation
from telephony.simulator.agents import Habits
from tests.rehearsal.house import FIRST_WORK_NUMBER, House

FIRST, SECOND = str(FIRST_WORK_NUMBER), str(FIRST_WORK_NUMBER + 1)
WRAP_UP = timedelta(seconds=12)


class Screen:
    """A desk page's memory of facts; does what `useDesk.ts` does with their numbers."""

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id
        self.facts: dict[int, str] = {}
        self.number = 0

    def hear(self, fact: NumberedFact) -> None:
        """Take a fact that comes next; one that shows a gap makes the page ask."""
        if fact.number == self.number + 1:
            self._take(fact.number, fact.name)
        elif fact.number > self.number:
            self.catch_up()

    def hear_newest(self, number: int) -> None:
        """The page's own process says how far the numbers have come."""
        if number > self.number:
            self.catch_up()

    def catch_up(self) -> None:
        """Ask for what was missed; where that is no longer kept, begin with the snapshot."""
        missed = workstation.missed_facts(self.agent_id, after=self.number)
        if missed is None:
            self.number = workstation.desk_snapshot(self.agent_id)["number"]
            return
        for fact in missed:
            self._take(fact["number"], fact["name"])

    def _take(self, number: int, name: str) -> None:
        assert number not in self.facts, "a fact was shown twice"
        self.facts[number], self.number = name, number


class TimePasses:
    """Stands where a loop waits: the world lives on meanwhile."""

    def __init__(self, house: "Stage") -> None:
        self._house = house

    def wait(self, seconds: float) -> bool:
        """Let it be later."""
        self._house.live_for(seconds)
        return False

    def is_set(self) -> bool:
        """Nobody stops the loop."""
        return False

    def ring(self) -> None:
        """Whoever waits here looks by himself."""


class Stage(House):
    """Two agents at their desks, and everything that can go away."""

    note_recording = staticmethod(jobs.note_told)
    longest_step = timedelta(seconds=1)

    def __init__(self, app: Flask, told: list[Event], *, answers_after: float) -> None:
        self.has_pages = self.has_fan_out = self.has_keeper = self.has_switchboard = True
        self._told, self._heard = told, 0
        self._database_away_from: datetime | None = None
        self._database_back_at: datetime | None = None
        self._pages: dict[str, int] = {}
        self._page_count = 0
        self._renew_pages_at: datetime | None = None
        super().__init__(app, habits=Habits(answers_after=(answers_after, answers_after)))
        hand_down(app, QueuePolicy(wrap_up=WRAP_UP, reconnect=timedelta(seconds=20)))
        for name in ("before_cursor_execute", "commit"):
            event.listen(db.engine, name, self._look_at_database)

    def begin_shift(self, holder: str = "rehearsal") -> None:
        """A new process takes the duty; while it waits for something, time passes."""
        super().begin_shift(holder)
        self.has_switchboard = True
        self.worker.bell = self._pump._stopped = TimePasses(self)  # type: ignore[assignment]

    def die(self) -> None:
        """The process on duty is gone, and the keeper of recordings with it."""
        super().die()
        self.has_switchboard = False

    def seat_two(self) -> None:
        """Let two agents sit at open desks, ready, and the exchange know them for hard times."""
        self.crowd(2)
        people = dict(db.session.execute(db.select(User.work_number, User.id)).all())
        self.agents = {number: people[number] for number in (FIRST, SECOND)}
        self.screens = {agent_id: Screen(agent_id) for agent_id in self.agents.values()}
        with unit_of_work():
            call_queue.drop_all_links()
        self.open_pages()
        self.play(3)
        self.worker.introduce()

    def order_in_hand(self) -> InHand:
        """Return what was saved as being sent and is not sent yet."""
        taken_up = list(_drained(self.worker._taken_up))
        order = taken_up[0] if taken_up else self.worker._take()
        assert order is not None
        return order

    # --- pages and what carries facts to them ----------------------------------------------

    def open_pages(self) -> None:
        """Every page connects anew, as after a restart of its server, and wants to go on."""
        self.has_pages = True
        self._pages.clear()
        for agent_id in self.agents.values():
            self._page_count += 1
            link_id = f"page-{self._page_count}"
            self._pages[link_id] = agent_id
            with unit_of_work():
                call_queue.open_desk(agent_id, link_id=link_id)
            self.screens[agent_id].catch_up()

    def lose_pages(self) -> None:
        """The web process is killed: nobody renews a lease, nobody hears, nobody says goodbye."""
        self.has_pages = False

    def become_ready(self) -> None:
        """Whoever is neither ready nor busy says that he is ready."""
        idle = {PresenceState.NOT_READY, PresenceState.MISSED}
        for agent_id in self.agents.values():
            db.session.rollback()
            presence = call_queue.presence_of(agent_id)
            if presence is not None and presence.state in idle:
                with unit_of_work():
                    call_queue.become_ready(agent_id)

    # --- the database ------------------------------------------------------------------------

    def lose_database(self, seconds: float) -> None:
        """Let the database be gone for so long, from the middle of the next save on."""
        self._database_away_from = self.clock.now()
        self._database_back_at = self.clock.now() + timedelta(seconds=seconds)

    def is_database_away(self) -> bool:
        """Say whether it is out of reach."""
        return self._database_back_at is not None and self.clock.now() < self._database_back_at

    def _look_at_database(self, *_what: Any) -> None:
        if self.is_database_away():
            raise OperationalError("any", {}, FileAway("the database is away"))

    # --- time --------------------------------------------------------------------------------

    def live_for(self, seconds: float) -> None:
        """Let time pass for the exchange while a loop of ours waits."""
        self.clock.advance(seconds)
        self._feel_health()

    def turn(self) -> None:
        """Let each loop turn once; what fails for want of a database is tried in its next turn."""
        self._feel_health()
        if self.has_switchboard:
            self._try(super().turn)
            self._try(self._keep_recordings)
        self._try(self._keep_pages)
        self._try(self._carry_facts)

    def _try(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except TROUBLE:
            db.session.rollback()

    def _feel_health(self) -> None:
        """The exchange leaves an app alone that has not been able to save for seconds."""
        if not self.has_switchboard or self._database_away_from is None:
            return
        silent = self.clock.now() - self._database_away_from
        if not self.is_database_away():
            self._database_away_from = None
            self.simulator.feel_health(is_well=True)
        elif silent > timedelta(seconds=LONGEST_SAVE_SECONDS):
            self.simulator.feel_health(is_well=False)

    def _keep_recordings(self) -> None:
        if self.has_keeper:
            jobs.collect_due({"sim": self.exchange})

    def _keep_pages(self) -> None:
        now = self.clock.now()
        if not self.has_pages or (self._renew_pages_at and now < self._renew_pages_at):
            return
        self._renew_pages_at = now + timedelta(seconds=RENEW_SECONDS)
        with unit_of_work():
            call_queue.renew_links(self._pages)
        for agent_id, number in newest_numbers(set(self.agents.values())).items():
            self.screens[agent_id].hear_newest(number)

    def _carry_facts(self) -> None:
        fresh, self._heard = self._told[self._heard :], len(self._told)
        if not (self.has_fan_out and self.has_pages):
            return
        screens = {agent_audience(agent_id): one for agent_id, one in self.screens.items()}
        for told in fresh:
            if isinstance(told, FactsRecorded) and told.audience in screens:
                for fact in told.facts:
                    screens[told.audience].hear(fact)
