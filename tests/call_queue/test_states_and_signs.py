"""Every state of an agent meets every sign: what comes of it stands in one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine

from app.accounts.models import User
from app.call_queue import oversight
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.core.database import unit_of_work
from app.core.errors import Refusal
from telephony.events import RingFailure
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import A_WORKING_MORNING

pytestmark = pytest.mark.usefixtures("registers", "app")

# What the agent is afterwards; `-`: the sign changes nothing; `!`: he is told why it cannot be.
TABLE = """
sign                 | signed_out   not_ready    ready        offered      talking      reconnecting wrap_up      missed       link_lost
desk_opens           | ready        -            -            -            -            -            -            -            ready
desk_closes          | -            link_lost    link_lost    -            -            -            -            link_lost    -
page_stops_answering | -            link_lost    link_lost    -            -            -            -            link_lost    -
signs_out            | -            signed_out   signed_out   -            -            -            signed_out   signed_out   signed_out
becomes_ready        | ready        ready        -            !            !            !            !            ready        !
takes_a_pause        | not_ready    not_ready    not_ready    !            !            !            !            not_ready    !
chooses_next         | !            !            !            -            -            -            -            !            !
router_goes_round    | -            -            offered      -            -            -            -            -            -
call_answered        | talking      talking      talking      talking      -            talking      -            talking      talking
ring_not_answered    | -            -            -            missed       -            -            -            -            -
ring_withdrawn       | -            -            -            ready        -            -            -            -            -
ring_refused         | -            -            -            ready        -            -            -            -            -
phone_unreachable    | -            -            -            missed       -            -            -            -            -
caller_hangs_up      | -            -            -            ready        wrap_up      wrap_up      -            -            -
phone_is_lost        | -            -            -            -            reconnecting -            -            -            -
phone_goes           | -            -            -            -            reconnecting -            -            -            -
phone_registers_anew | -            -            -            -            reconnecting -            -            -            -
call_is_closed       | !            !            !            !            !            !            ready        !            !
call_was_abusive     | !            !            !            !            !            !            not_ready    !            !
wants_more_time      | !            !            !            !            !            !            -            !            !
deadline_passes      | -            -            -            missed       -            not_ready    ready        -            signed_out
forced_ready         | ready        ready        -            -            -            -            ready        ready        !
forced_pause         | not_ready    not_ready    not_ready    -            -            -            not_ready    not_ready    !
forced_out           | -            signed_out   signed_out   -            -            -            signed_out   signed_out   signed_out
"""  # noqa: E501 - a table


@dataclass
class Scene:
    """One agent, one caller, and the clock over both."""

    agent: User
    line: Line
    clock: time_machine.Traveller
    leader_id: int

    def state(self) -> str:
        return desks.state(self.agent)

    def ask(self, wanted: Callable[[], object]) -> None:
        with unit_of_work():
            wanted()


# --- how each state comes about --------------------------------------------------------------


def signed_out(scene: Scene) -> None:
    scene.ask(lambda: call_queue.sign_out(scene.agent.id))


def not_ready(_scene: Scene) -> None:
    """He sits at his desk, at paperwork: how every scene begins."""


def ready(scene: Scene) -> None:
    scene.ask(lambda: call_queue.become_ready(scene.agent.id))


def offered(scene: Scene) -> None:
    ready(scene)
    tell(scene.line.arrived(0), scene.line.queued(1))
    assert desks.offer_all() == 1


def talking(scene: Scene) -> None:
    offered(scene)
    phone = scene.agent.work_number
    tell(scene.line.rings(phone, 3), scene.line.answered(phone, 5))


def reconnecting(scene: Scene) -> None:
    talking(scene)
    tell(scene.line.lost(scene.agent.work_number, 9))


def wrap_up(scene: Scene) -> None:
    talking(scene)
    tell(scene.line.ended(9))


def missed(scene: Scene) -> None:
    offered(scene)
    phone = scene.agent.work_number
    tell(scene.line.rings(phone, 3), scene.line.ring_failed(phone, 9))


def link_lost(scene: Scene) -> None:
    ready(scene)
    desks.close_desk(scene.agent)


STATES = (
    signed_out, not_ready, ready, offered, talking, reconnecting, wrap_up, missed, link_lost,
)  # fmt: skip


# --- the signs -------------------------------------------------------------------------------


def desk_opens(scene: Scene) -> None:
    desks.open_desk(scene.agent, "another")


def desk_closes(scene: Scene) -> None:
    desks.close_desk(scene.agent)


def signs_out(scene: Scene) -> None:
    scene.ask(lambda: call_queue.sign_out(scene.agent.id))


def becomes_ready(scene: Scene) -> None:
    scene.ask(lambda: call_queue.become_ready(scene.agent.id))


def takes_a_pause(scene: Scene) -> None:
    scene.ask(lambda: call_queue.become_not_ready(scene.agent.id, reason="meal"))


def chooses_next(scene: Scene) -> None:
    scene.ask(lambda: call_queue.choose_next(scene.agent.id, state="not_ready", reason="meal"))


def router_goes_round(scene: Scene) -> None:
    other = Line(call_key=f"{scene.line.call_key}-other")
    tell(other.arrived(0), other.queued(1))
    desks.offer_all()


def call_answered(scene: Scene) -> None:
    tell(scene.line.arrived(0), scene.line.answered(scene.agent.work_number, 20, leg=2))


def ring_not_answered(scene: Scene) -> None:
    tell(scene.line.ring_failed(scene.agent.work_number, 20, leg=2))


def ring_withdrawn(scene: Scene) -> None:
    phone, reason = scene.agent.work_number, RingFailure.WITHDRAWN
    tell(scene.line.ring_failed(phone, 20, leg=2, reason=reason))


def ring_refused(_scene: Scene) -> None:
    refuse_next("refused")


def phone_unreachable(_scene: Scene) -> None:
    refuse_next("phone-unreachable")


def caller_hangs_up(scene: Scene) -> None:
    tell(scene.line.arrived(0), scene.line.ended(20))


def phone_is_lost(scene: Scene) -> None:
    tell(scene.line.lost(scene.agent.work_number, 20))


def phone_goes(scene: Scene) -> None:
    desks.phone(scene.agent, is_there=False)


def phone_registers_anew(scene: Scene) -> None:
    desks.phone(scene.agent, "tab-2")


def call_is_closed(scene: Scene) -> None:
    call = scene.line.find()
    call_id = call.id if call else 0
    scene.ask(
        lambda: call_queue.finish_wrap_up(
            scene.agent.id, call_id=call_id, code="answered", next_state=None
        )
    )


def call_was_abusive(scene: Scene) -> None:
    call = scene.line.find()
    call_id = call.id if call else 0
    scene.ask(
        lambda: call_queue.finish_wrap_up(
            scene.agent.id, call_id=call_id, code="abuse", next_state=None
        )
    )


def wants_more_time(scene: Scene) -> None:
    scene.ask(lambda: call_queue.extend_wrap_up(scene.agent.id))


def deadline_passes(scene: Scene) -> None:
    scene.clock.shift(timedelta(hours=2))
    keep_pages(scene)
    desks.run_deadlines(has_outcome=True)


def page_stops_answering(scene: Scene) -> None:
    scene.clock.shift(timedelta(seconds=21))
    desks.run_deadlines(has_outcome=True)


def forced_ready(scene: Scene) -> None:
    force(scene, "ready")


def forced_pause(scene: Scene) -> None:
    force(scene, "not_ready")


def forced_out(scene: Scene) -> None:
    force(scene, "signed_out")


SIGNS = (
    desk_opens, desk_closes, page_stops_answering, signs_out, becomes_ready, takes_a_pause,
    chooses_next, router_goes_round, call_answered, ring_not_answered, ring_withdrawn,
    ring_refused, phone_unreachable, caller_hangs_up, phone_is_lost, phone_goes,
    phone_registers_anew, call_is_closed, call_was_abusive, wants_more_time, deadline_passes,
    forced_ready, forced_pause, forced_out,
)  # fmt: skip


def refuse_next(code: str) -> None:
    desks.answer_next(code)


def keep_pages(scene: Scene) -> None:
    with unit_of_work():
        if call_queue.open_desks():
            call_queue.renew_links({f"page-{scene.agent.id}": scene.agent.id})


def force(scene: Scene, state: str) -> None:
    scene.ask(
        lambda: oversight.force_state(
            scene.agent.id,
            state=state,
            reason="coaching",
            why_code="peak",
            why="any",
            by=scene.leader_id,
        )
    )


# --- the table -------------------------------------------------------------------------------


def outcome(state: Callable[[Scene], None], sign: Callable[[Scene], None], scene: Scene) -> str:
    """Bring the scene about, give the sign, and say what came of it as the table does."""
    state(scene)
    before = desks.presence(scene.agent)
    was = (before.state, before.reason)
    assert before.state.value == state.__name__
    try:
        sign(scene)
    except Refusal:
        assert (desks.presence(scene.agent).state, desks.presence(scene.agent).reason) == was
        return "!"
    after = desks.presence(scene.agent)
    return "-" if (after.state, after.reason) == was else after.state.value


def expected() -> dict[tuple[str, str], str]:
    head, *rows = [line for line in TABLE.splitlines() if line.strip()]
    states = head.partition("|")[2].split()
    return {
        (state, sign.strip()): told
        for sign, _, cells in (row.partition("|") for row in rows)
        for state, told in zip(states, cells.split(), strict=True)
    }


def test_the_table_knows_every_state_and_every_sign() -> None:
    states = {state.value for state in PresenceState}
    assert {state.__name__ for state in STATES} == states
    assert set(expected()) == {(state, sign.__name__) for state in states for sign in SIGNS}


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_what_comes_of_a_sign(
    state: Callable[[Scene], None], frozen: time_machine.Traveller
) -> None:
    desks.link_up()
    leader_id = people.one_person("shift_leader").id
    found = {}
    for number, sign in enumerate(SIGNS):
        frozen.move_to(A_WORKING_MORNING)
        line = Line(call_key=f"{state.__name__}-{number}")
        scene = Scene(desks.agent_at_desk(), line, frozen, leader_id)
        found[state.__name__, sign.__name__] = outcome(state, sign, scene)
        clear(scene)

    wanted = {pair: told for pair, told in expected().items() if pair[0] == state.__name__}
    assert found == wanted


def clear(scene: Scene) -> None:
    """Leave nothing to the next scene: no caller, no ready agent, no wish."""
    for key in (scene.line.call_key, f"{scene.line.call_key}-other"):
        line = Line(call_key=key)
        if line.find() is not None:
            tell(line.ended(90_000))
    for page in ("page", "another"):
        desks.close_desk(scene.agent, page)
    scene.clock.shift(timedelta(days=1))
    for _ in range(2):
        desks.run_deadlines(has_outcome=True)
    while desks.answer_next():
        pass
