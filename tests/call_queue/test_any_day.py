"""Any day at the desks: whatever happens in whatever order, the queue keeps its promises."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.accounts.models import User
from app.call_queue import oversight
from app.call_queue import service as call_queue
from app.call_queue.models import DeskLink, Offer, Presence, QueueEntry
from app.call_queue.presence_states import IN_CALL, WAITING_EXITS, EntryState, OfferState
from app.call_queue.presence_states import PresenceState as P
from app.calls.models import Call
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from telephony.events import Place, TelephonyEvent
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import A_WORKING_MORNING

KEPT_TABLES = {
    "users", "regions", "units", "categories", "wrap_up_codes", "code_entries", "exclusions",
    "urgency_words", "alembic_version",
}  # fmt: skip
AGENTS = st.integers(0, 2)
CALLERS = st.integers(0, 3)
ALIVE = st.sampled_from([True, True, True, False])
WHICH = st.integers(0, 11)

# Rows are thrown away in no particular order: who refers to whom is looked at no more.
LOOSE = {
    "sqlite": "PRAGMA defer_foreign_keys=ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


def empty_tables() -> None:
    with unit_of_work():
        db.session.execute(db.text(LOOSE[db.session.get_bind().dialect.name]))
        for table in reversed(db.metadata.sorted_tables):
            if table.name not in KEPT_TABLES:
                db.session.execute(table.delete())


class AnyDay(RuleBasedStateMachine):
    """Three agents, four lines of callers, one exchange; every step is one that can happen."""

    agents: list[User]
    leader: User
    clock: time_machine.Traveller

    @initialize()
    def begin(self) -> None:
        empty_tables()
        self.clock.move_to(A_WORKING_MORNING)
        self.lines: dict[int, Line] = {}
        self.made = 0
        self.legs = 0
        self.last_news: TelephonyEvent | None = None
        desks.link_up()
        for agent in self.agents:
            desks.phone(agent)
            desks.open_desk(agent)
            self.ask(partial(call_queue.become_ready, agent.id))
        self.somebody_calls(0)
        self.somebody_calls(1)
        desks.offer_all()

    # --- what happens ------------------------------------------------------------------------

    @rule(who=AGENTS, is_open=st.booleans())
    def a_desk_opens_or_closes(self, who: int, is_open: bool) -> None:
        (desks.open_desk if is_open else desks.close_desk)(self.agents[who])

    @rule(who=AGENTS, is_there=st.booleans(), tab=st.integers(1, 2))
    def a_phone_registers_or_goes(self, who: int, is_there: bool, tab: int) -> None:
        desks.phone(self.agents[who], f"tab-{tab}", is_there=is_there)

    @rule(who=AGENTS)
    def an_agent_becomes_ready(self, who: int) -> None:
        self.ask(lambda: call_queue.become_ready(self.agents[who].id))

    @rule(who=AGENTS)
    def an_agent_takes_a_pause(self, who: int) -> None:
        self.ask(lambda: call_queue.become_not_ready(self.agents[who].id, reason="break"))

    @rule(who=AGENTS)
    def an_agent_signs_out(self, who: int) -> None:
        self.ask(lambda: call_queue.sign_out(self.agents[who].id))

    @rule(who=AGENTS, state=st.sampled_from(["ready", "not_ready"]))
    def an_agent_chooses_what_comes_next(self, who: int, state: str) -> None:
        reason = "meal" if state == "not_ready" else None
        agent_id = self.agents[who].id
        self.ask(lambda: call_queue.choose_next(agent_id, state=state, reason=reason))

    @rule(who=AGENTS, state=st.sampled_from(["ready", "not_ready", "signed_out"]))
    def a_supervisor_sets_a_state(self, who: int, state: str) -> None:
        self.ask(
            lambda: oversight.force_state(
                self.agents[who].id,
                state=state,
                reason="coaching",
                why_code="peak",
                why="any",
                by=self.leader.id,
            )
        )

    @rule(which=WHICH, code=st.sampled_from([None, "answered", "abuse"]))
    @precondition(lambda self: self.with_a_page())
    def an_agent_closes_his_call(self, which: int, code: str | None) -> None:
        pages = self.with_a_page()
        agent_id, call_id = pages[which % len(pages)]
        self.ask(
            lambda: call_queue.finish_wrap_up(agent_id, call_id=call_id, code=code, next_state=None)
        )

    @rule(who=AGENTS)
    def an_agent_asks_for_more_time(self, who: int) -> None:
        self.ask(lambda: call_queue.extend_wrap_up(self.agents[who].id))

    @rule(who=AGENTS, is_ready=st.booleans())
    def a_page_reports_that_it_hears_nothing(self, who: int, is_ready: bool) -> None:
        agent_id = self.agents[who].id
        call_id = desks.presence(self.agents[who]).call_id
        self.ask(
            lambda: call_queue.report_phone_lost(agent_id, call_id=call_id or 0, is_ready=is_ready)
        )

    @rule(who=CALLERS)
    def somebody_calls(self, who: int) -> None:
        if who in self.lines:
            return
        self.made += 1
        self.lines[who] = line = Line(call_key=f"call-{self.made}", dialled_number="12345")
        self.hear(line.arrived(self.now()), line.queued(self.now(), counter=self.made))

    @rule(who=CALLERS)
    def a_caller_hangs_up(self, who: int) -> None:
        line = self.lines.pop(who, None)
        if line is not None:
            self.hear(line.ended(self.now()))

    @rule()
    def the_router_goes_round(self) -> None:
        desks.offer_all()

    @rule(which=WHICH)
    @precondition(lambda self: self.rung())
    def a_phone_rings(self, which: int) -> None:
        line, agent = self.one_of(self.rung(), which)
        self.legs += 1
        self.hear(line.rings(agent.work_number, self.now(), leg=self.legs))

    @rule(which=WHICH)
    @precondition(lambda self: self.rung())
    def an_agent_answers(self, which: int) -> None:
        line, agent = self.one_of(self.rung(), which)
        self.legs += 1
        self.hear(line.answered(agent.work_number, self.now(), leg=self.legs))

    @rule(which=WHICH)
    @precondition(lambda self: self.rung())
    def a_ring_fails(self, which: int) -> None:
        line, agent = self.one_of(self.rung(), which)
        self.legs, self.made = self.legs + 1, self.made + 1
        self.hear(
            line.ring_failed(agent.work_number, self.now(), leg=self.legs),
            line.queued(self.now(), counter=self.made),
        )

    @rule(which=WHICH)
    @precondition(lambda self: self.in_state(P.TALKING))
    def a_phone_is_lost_in_mid_call(self, which: int) -> None:
        line, agent = self.one_of(self.in_state(P.TALKING), which)
        self.hear(line.lost(agent.work_number, self.now(), leg=self.legs))

    @rule(which=WHICH)
    @precondition(lambda self: self.in_state(P.RECONNECTING))
    def a_kept_caller_hears_music(self, which: int) -> None:
        line, _ = self.one_of(self.in_state(P.RECONNECTING), which)
        self.made += 1
        self.hear(line.placed(Place.KEPT, self.now(), counter=self.made))

    @rule(code=st.sampled_from(["refused", "phone-unreachable", "no-such-call"]))
    def the_exchange_refuses_what_it_was_asked(self, code: str) -> None:
        desks.answer_next(code)

    @rule()
    def the_exchange_takes_what_it_was_asked(self) -> None:
        desks.answer_next()

    @rule()
    @precondition(lambda self: self.last_news is not None)
    def old_news_is_told_again(self) -> None:
        assert self.last_news is not None
        tell(self.last_news)

    @rule(seconds=st.sampled_from([1, 12, 25, 65, 400]), are_pages_alive=ALIVE)
    def time_goes_by(self, seconds: int, are_pages_alive: bool) -> None:
        self.clock.shift(timedelta(seconds=seconds))
        if are_pages_alive:
            self.renew_pages()
        desks.run_deadlines(has_outcome=seconds != 65)

    # --- what always holds -------------------------------------------------------------------

    @invariant()
    def no_agent_has_two_calls_and_no_call_two_agents(self) -> None:
        held = [each.call_id for each in self.presences() if each.state in IN_CALL]
        assert all(held)
        assert len(set(held)) == len(held)
        live = Call.state.in_(["talking", "reconnecting"])
        agents = db.session.scalars(db.select(Call.agent_id).where(live)).all()
        assert len(set(agents)) == len(agents)

    @invariant()
    def no_call_and_no_agent_has_two_open_offers(self) -> None:
        offers = self.open_offers()
        assert max(Counter(each.call_id for each in offers).values(), default=1) == 1
        assert max(Counter(each.agent_id for each in offers).values(), default=1) == 1
        shown = {each.offer_id for each in self.presences() if each.state is P.OFFERED}
        assert shown == {each.id for each in offers}

    @invariant()
    def every_waiting_state_has_a_deadline(self) -> None:
        waiting = [each for each in self.presences() if each.state in WAITING_EXITS]
        assert all(each.until is not None for each in waiting)

    @invariant()
    def who_is_gone_does_not_stand_in_line(self) -> None:
        states = {EntryState.WAITING, EntryState.OFFERED}
        ghosts = (
            db.select(QueueEntry.id)
            .join(Call, Call.id == QueueEntry.call_id)
            .where(Call.state == "ended", QueueEntry.state.in_(states))
        )
        assert db.session.scalars(ghosts).all() == []

    @invariant()
    def nobody_is_ready_without_a_desk(self) -> None:
        with_desk = set(db.session.scalars(db.select(DeskLink.agent_id)))
        ready = {each.agent_id for each in self.presences() if each.state is P.READY}
        assert ready <= with_desk

    def teardown(self) -> None:
        """Nobody is stuck: when every caller has hung up, every waiting state ends by itself."""
        for line in getattr(self, "lines", {}).values():
            self.hear(line.ended(self.now()))
        for _ in range(4):
            self.clock.shift(timedelta(minutes=10))
            desks.run_deadlines()
        assert [each for each in self.presences() if each.state in WAITING_EXITS] == []
        assert [each for each in self.presences() if each.state in IN_CALL] == []
        assert self.open_offers() == []

    # --- how it is asked ---------------------------------------------------------------------

    def ask(self, wanted: Callable[[], None]) -> None:
        """Do what a person asks for; being refused is an answer too."""
        try:
            with unit_of_work():
                wanted()
        except Refusal:
            pass

    def hear(self, *news: TelephonyEvent) -> None:
        tell(*news)
        self.last_news = news[-1]

    def now(self) -> float:
        return (clock.now() - TEN).total_seconds()

    def rung(self) -> list[tuple[Line, User]]:
        """Return whom the exchange was asked to ring, and for whom."""
        return self.in_state(P.OFFERED) + self.in_state(P.RECONNECTING)

    def in_state(self, state: P) -> list[tuple[Line, User]]:
        lines = {line.call().id: line for line in self.lines.values()}
        agents = {each.id: each for each in self.agents}
        return [
            (lines[each.call_id], agents[each.agent_id])
            for each in self.presences()
            if each.state is state and each.call_id in lines
        ]

    def with_a_page(self) -> list[tuple[int, int]]:
        """Return who has a call on his desk that is over, and which."""
        return [
            (each.agent_id, each.call_id)
            for each in self.presences()
            if each.call_id is not None and each.state not in IN_CALL
        ]

    def one_of(self, pairs: list[tuple[Line, User]], which: int) -> tuple[Line, User]:
        return pairs[which % len(pairs)]

    def presences(self) -> list[Presence]:
        db.session.rollback()
        # In an order: PostgreSQL gives rows as they lie, and an example must be one that repeats.
        return list(db.session.scalars(db.select(Presence).order_by(Presence.agent_id)))

    def open_offers(self) -> list[Offer]:
        wanted = db.select(Offer).where(Offer.state == OfferState.OPEN).order_by(Offer.id)
        return list(db.session.scalars(wanted))

    def renew_pages(self) -> None:
        pages = {each.link_id: each.agent_id for each in db.session.scalars(db.select(DeskLink))}
        with unit_of_work():
            call_queue.renew_links(pages)


@pytest.mark.slow
@pytest.mark.usefixtures("registers", "app")
def test_any_day_keeps_the_promises_of_the_queue(frozen: time_machine.Traveller) -> None:
    AnyDay.agents = [people.one_person("agent") for _ in range(3)]
    AnyDay.leader = people.one_person("shift_leader")
    AnyDay.clock = frozen
    run_state_machine_as_test(
        AnyDay,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
