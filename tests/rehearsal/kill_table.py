"""The kill table: who dies, in which phase of a call, for how long, and how he comes back.

* web: a process that serves desk pages. They fall silent, their leases run out, they connect anew.
* telephony: the process on duty. No goodbye; its lease lies there, another one takes the duty.
* jobs: the keeper of recordings. It dies with one in hand, saved and not yet noted as fetched.
* exchange: Asterisk. Every call is gone without a word; its link is down until it is back.
* database: PostgreSQL, or SQLite's disk. The next commit fails, and every statement after it.
* redis: what carries facts between processes. Facts are lost; their numbers are not.

There is no process for jobs of its own today: the keeper is a loop of the process on duty, so it is
killed alone here and dies with `telephony` as well. Every cell is played by `test_kill_table.py` on
the simulator in virtual time. `ON_ASTERISK` names the cells that are played on a real one, too.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.calls import legs, wishes
from app.calls.models import Call
from app.core.database import db, unit_of_work
from app.recordings import fetching, jobs
from telephony.events import Place
from telephony.simulator.story import read_story
from tests.rehearsal.stage import FIRST, SECOND, Stage

PARTS = ("web", "telephony", "jobs", "exchange", "database", "redis")
PHASES = ("intake", "waiting", "ringing", "talking", "held", "three_party", "wrap_up")
FURTHER_PHASES = ("consult_rings", "consult_talks", "transfer_rings", "calling_out")
"""What decision 27 does not name: while a colleague is rung or asked, and while we call out."""

AWAY: Mapping[str, float] = {
    "web": 25.0,  # a page's lease is 20 s
    "telephony": 30.0,  # the duty's is 6 s, and the call may end meanwhile
    "jobs": 30.0,
    "exchange": 10.0,
    "database": 30.0,  # an exchange leaves an app alone that cannot save for 5 s
    "redis": 10.0,
}
"""For how many seconds a part stays away: longer than whatever waits for it is patient."""

CITIZEN = "15407620001"
ANSWERS_AFTER: Mapping[str, float] = {"ringing": 4.0}
TALKS: Mapping[str, float] = {"wrap_up": 4.0}


# --- how a call comes into each phase ----------------------------------------------------------


def bring_to(phase: str, stage: Stage) -> None:
    """Let one call come as far as this, and no further."""
    if phase == "calling_out":
        _call_out(stage)
        return
    if phase == "waiting":
        for agent_id in stage.agents.values():
            with unit_of_work():
                call_queue.become_not_ready(agent_id, reason="break")
    talks = TALKS.get(phase, 25.0)
    stage.simulator.play(read_story(f"0:01 {CITIZEN} calls 12315, waits 55s, talks {talks:g}s"))
    if phase == "intake":
        stage.play(0.9)
        stage.clock.advance(0.2)  # he stands at the door, and nobody has answered it yet
        return
    _play_until(stage, _REACHED.get(phase, lambda: _is_talking(stage)))
    if phase in _FURTHER:
        _FURTHER[phase](stage)


def _hold(stage: Stage) -> None:
    call_id = the_call().id
    with unit_of_work():
        conferring.hold(stage.agents[FIRST], call_id=call_id)
    _play_until(stage, lambda: _place(stage) is Place.HELD and the_call().state == "held")


def _ask_colleague(stage: Stage) -> None:
    call_id = the_call().id
    with unit_of_work():
        conferring.consult(stage.agents[FIRST], call_id=call_id, kind="colleague", to=SECOND)
    stage.play(1)


def _talk_to_colleague(stage: Stage) -> None:
    _ask_colleague(stage)
    call_id = the_call().id
    with unit_of_work():
        call_queue.answer(stage.agents[SECOND], call_id=call_id)
    stage.play(1)
    assert state_of(stage.agents[SECOND]) is PresenceState.TALKING


def _hand_over(stage: Stage) -> None:
    call_id = the_call().id
    with unit_of_work():
        conferring.transfer(stage.agents[FIRST], call_id=call_id, kind="colleague", to=SECOND)
    stage.play(1)
    assert the_call().state == "transferring"


def _call_out(stage: Stage) -> None:
    with unit_of_work():
        conferring.call_out(stage.agents[FIRST], number=CITIZEN, shown_number="12315")
    stage.play(1)
    assert the_call().state == "calling"


def _make_three(stage: Stage) -> None:
    first, call_id = stage.agents[FIRST], the_call().id
    _talk_to_colleague(stage)
    with unit_of_work():
        conferring.join(first, call_id=call_id)
    _play_until(stage, lambda: _is_talking(stage))
    [live] = stage.simulator.live_calls()
    assert [party.is_talking for party in live.parties] == [True]


def _end_it(stage: Stage) -> None:
    _play_until(stage, lambda: state_of(stage.agents[FIRST]) is PresenceState.WRAP_UP)


_FURTHER: Mapping[str, Callable[[Stage], None]] = {
    "held": _hold,
    "three_party": _make_three,
    "consult_rings": _ask_colleague,
    "consult_talks": _talk_to_colleague,
    "transfer_rings": _hand_over,
    "wrap_up": _end_it,
}


def _play_until(stage: Stage, is_so: Callable[[], bool]) -> None:
    for _ in range(60):
        if is_so():
            return
        stage.play(0.5)
    raise AssertionError("the phase was never reached")


def _place(stage: Stage) -> Place | None:
    return next((call.place for call in stage.simulator.live_calls()), None)


def _is_talking(stage: Stage) -> bool:
    return _place(stage) is Place.TALKING and the_call().state == "talking"


# --- what is taken away, and brought back ------------------------------------------------------


def kill_web(stage: Stage, seconds: float) -> None:
    stage.lose_pages()
    stage.play(seconds)
    stage.open_pages()


def kill_telephony(stage: Stage, seconds: float) -> None:
    stage.die()
    stage.play(max(seconds, 7))  # the lease of who is gone must run out
    stage.begin_shift("another process")


def kill_jobs(stage: Stage, seconds: float) -> None:
    """Killed with a recording in hand, where there is one; else before there is any."""
    due = fetching.due_fetches(at=stage.clock.now())
    db.session.rollback()
    stage.has_keeper = False
    for _fetch_id, _exchange_id, name in due:
        jobs.collect_recording(stage.exchange, name)  # ours and saved; not noted as fetched
    stage.play(seconds)
    stage.has_keeper = True


def kill_exchange(stage: Stage, seconds: float) -> None:
    stage.simulator.cut_link()
    stage.simulator.restart()
    stage.play(seconds)
    stage.simulator.mend_link()


def lose_database(stage: Stage, seconds: float) -> None:
    stage.lose_database(seconds)
    stage.play(seconds + 1)


def kill_redis(stage: Stage, seconds: float) -> None:
    stage.has_fan_out = False
    stage.play(seconds)
    stage.has_fan_out = True


KILL: Mapping[str, Callable[[Stage, float], None]] = {
    "web": kill_web,
    "telephony": kill_telephony,
    "jobs": kill_jobs,
    "exchange": kill_exchange,
    "database": lose_database,
    "redis": kill_redis,
}


# --- people ------------------------------------------------------------------------------------


def people_go_on(stage: Stage) -> None:
    """Do what agents do once everything is back: take calls, talk on with whom they hold."""
    stage.play(2)
    stage.become_ready()
    call = the_call_or_none()
    if call is None or call.state != "held" or call.agent_id is None:
        return
    agent_id, call_id = call.agent_id, call.id
    parties = [leg.order_id for leg in legs.open_parties(call_id) if leg.order_id is not None]
    with suppress(wishes.CallIsNotTalking):  # nor does it any more, if its exchange is gone
        for party in parties:
            with unit_of_work():
                conferring.drop_party(agent_id, call_id=call_id, party=party)
            stage.play(1)
        with unit_of_work():
            conferring.resume(agent_id, call_id=call_id)


def the_call() -> Call:
    """Return the one call."""
    db.session.rollback()
    return db.session.execute(db.select(Call)).scalar_one()


def the_call_or_none() -> Call | None:
    """Return the one call if the ledger has it."""
    db.session.rollback()
    return db.session.execute(db.select(Call)).scalar_one_or_none()


def state_of(agent_id: int) -> PresenceState | None:
    """Return what an agent is doing."""
    db.session.rollback()
    presence = call_queue.presence_of(agent_id)
    return presence.state if presence is not None else None


_REACHED: Mapping[str, Callable[[], bool]] = {
    "waiting": lambda: the_call_or_none() is not None and the_call().state == "waiting",
    "ringing": lambda: the_call_or_none() is not None and the_call().state == "ringing",
}

# --- the same on a real Asterisk ---------------------------------------------------------------

_BED = "tests/telephony/test_asterisk_on_the_bed.py"
_CONTROL = "tests/telephony/control_on_the_bed/test_hold_consult_and_supervise.py"
_KILLS = "tests/telephony/test_kill_table_on_the_bed.py"
_JOURNEYS = "tests/journeys/test_never_stuck.py"
_KILLED_NODE = "test_a_killed_node_comes_back_empty_whatever_its_calls_were_doing"

ON_ASTERISK: Mapping[tuple[str, str], tuple[str, str]] = {
    ("telephony", "intake"): (
        _BED,
        "test_a_call_reaches_the_fallback_queue_although_nobody_answers_at_the_door",
    ),
    ("telephony", "waiting"): (
        _BED,
        (
            "test_killing_the_application_leaves_nobody_waiting_alone"
            "_and_it_adopts_them_when_it_is_back"
        ),
    ),
    ("telephony", "ringing"): (
        _KILLS,
        "test_a_ring_outlives_the_application_and_the_talk_is_found_by_the_next",
    ),
    ("telephony", "talking"): (
        _JOURNEYS,
        "test_an_app_killed_while_one_waits_and_one_talks_adopts_both_when_it_is_back",
    ),
    ("telephony", "held"): (
        _CONTROL,
        "test_a_held_caller_talks_on_with_his_agent_when_the_application_dies",
    ),
    ("telephony", "three_party"): (
        _KILLS,
        "test_three_talk_on_without_the_application_and_are_found_as_three",
    ),
    ("telephony", "wrap_up"): (
        _KILLS,
        "test_a_talk_that_ends_while_the_application_is_dead_leaves_nothing_but_its_recording",
    ),
    **{
        ("exchange", phase): (_KILLS, _KILLED_NODE)
        for phase in ("waiting", "ringing", "talking", "held")
    },
    ("link", "ringing"): (
        _KILLS,
        "test_a_line_cut_while_a_phone_rings_loses_neither_the_ring_nor_its_answer",
    ),
    **{
        ("link", phase): (
            _KILLS,
            "test_a_line_cut_while_two_talk_and_one_waits_harms_neither",
        )
        for phase in ("waiting", "talking")
    },
    ("disk", "talking"): (
        _KILLS,
        "test_a_full_disk_costs_the_recording_its_end_and_nobody_his_call",
    ),
}
"""Cell → the file and the test that plays it. The line between and the node's disk are parts that
only a real node has."""
