"""Agents who do everything that can be done with a call, while news of it is doubled and late."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random

import pytest
from flask import Flask

from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.call_queue.models import Presence
from app.call_queue.presence_states import PresenceState
from app.calls import legs
from app.calls.call_states import CallState
from app.calls.models import Call
from app.calls.recheck import recheck
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from tests.rehearsal.house import FIRST_WORK_NUMBER, House, a_busy_day, register_numbers
from tests.rehearsal.open_ends import open_ends
from tests.rehearsal.truth import differences

pytestmark = [pytest.mark.slow, pytest.mark.rehearsal]

CALLS, AGENTS, EVERY = 30, 8, 2.0
HABITS = Habits(answers_after=(1.0, 3.0), misses=0.03, rejects=0.02, hangs_up=0.05)


class Hands:
    """Who talks does this or that with his call, as it comes to him; what is refused is refused."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # make-believe, no secrets
        self.done = 0

    def move(self) -> None:
        """Let about every fifth of those who talk do something."""
        db.session.rollback()
        talking = db.select(Presence.agent_id, Presence.call_id).where(
            Presence.state == PresenceState.TALKING, Presence.call_id.is_not(None)
        )
        for agent_id, call_id in db.session.execute(talking).all():
            if self._random.random() < 0.2:
                with suppress(Refusal), unit_of_work():
                    self._do(agent_id, call_id)
                    self.done += 1
                db.session.rollback()

    def _do(self, agent_id: int, call_id: int) -> None:
        """One act of ten; holding and asking a colleague are the commonest."""
        is_so = self._random.random() < 0.5
        colleague = str(FIRST_WORK_NUMBER + self._random.randrange(AGENTS))
        is_held = db.session.get_one(Call, call_id).state is CallState.HELD
        toggle = conferring.resume if is_held else conferring.hold
        parties = [leg.order_id for leg in legs.open_parties(call_id) if leg.order_id is not None]
        ask = partial(conferring.consult, kind="colleague", to=colleague)
        acts: list[Callable[..., object]] = [
            *(toggle, toggle, ask, ask, conferring.join, conferring.leave),
            partial(conferring.mute, is_muted=is_so),
            partial(conferring.pause_recording, is_paused=is_so),
            partial(conferring.transfer, kind="colleague", to=colleague),
            partial(conferring.drop_party, party=parties[0]) if parties else call_queue.hang_up,
        ]
        self._random.choice(acts)(agent_id, call_id=call_id)


TROUBLES = {
    "twice_and_out_of_order": FaultRates(double=0.05, swap=0.05, delay=0.05, delay_seconds=3.0),
    "everything": FaultRates.all_at(0.05),
}


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_agents_do_with_their_calls_is_in_the_ledger_as_it_was(
    app: Flask, trouble: str, seed: int
) -> None:
    register_numbers()
    house, hands = House(app, seed=seed, habits=HABITS), Hands(seed)
    with house.time():
        house.crowd(AGENTS)
        house.simulator.set_faults(TROUBLES[trouble])
        house.simulator.play(a_busy_day(CALLS, seed=seed, every=EVERY))
        for _second in range(1800):
            house.play(1)
            if len(house.simulator.chronicle) == CALLS:
                break
            hands.move()  # whoever is left on hold is fetched by his agent sooner or later
        house.play(60)
        house.play(120, until=lambda: not open_ends())

        assert len(house.simulator.chronicle) == CALLS
        assert hands.done > CALLS / 2
        assert differences(house.simulator.chronicle) == []
        assert open_ends() == []
        assert recheck().differences == []
