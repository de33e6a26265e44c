"""How long recordings are kept, who hears them, what is missing: the pure rules."""

import io
import itertools
import wave
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recordings.audio_checks import measure
from app.recordings.audio_joining import PiecesDiffer, join_pieces
from app.recordings.completeness import Dated, Finding, Inventory, findings_of
from app.recordings.fetch_times import DAILY, DAILY_AFTER, next_try
from app.recordings.hearing import HeardCall, Listener, may_hear
from app.recordings.retention import KeptRecording, RecordClass, class_of, due_at, is_due
from telephony.simulator.audio import make_talk

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAYS = {"recording.ordinary": 1095, "recording.ticket": 1825, "recording.complaint": 3650}
KINDS = st.sampled_from(list(RecordClass))


# --- how long --------------------------------------------------------------------------------


def test_an_ordinary_recording_is_kept_for_three_years_to_the_day() -> None:
    kept = KeptRecording(record_class=RecordClass.ORDINARY, received_at=NOW - timedelta(days=1095))

    assert is_due(kept, keep_days=DAYS, now=NOW)
    assert not is_due(kept, keep_days=DAYS, now=NOW - timedelta(seconds=1))


def test_the_time_of_a_tickets_recording_begins_when_the_ticket_is_closed() -> None:
    kept = KeptRecording(
        record_class=RecordClass.TICKET,
        received_at=NOW - timedelta(days=2000),
        settled_at=NOW - timedelta(days=1000),
    )

    assert due_at(kept, keep_days=DAYS) == NOW + timedelta(days=825)


def test_a_complaint_is_kept_longer_than_a_ticket_and_a_ticket_longer_than_neither() -> None:
    assert class_of(has_ticket=True, is_complaint=True) is RecordClass.COMPLAINT
    assert class_of(has_ticket=True, is_complaint=False) is RecordClass.TICKET
    assert class_of(has_ticket=False, is_complaint=False) is RecordClass.ORDINARY


@given(kind=KINDS, age=st.integers(0, 40_000))
def test_what_is_held_or_open_is_never_due(kind: RecordClass, age: int) -> None:
    received = NOW - timedelta(days=age)
    held = KeptRecording(record_class=kind, received_at=received, is_held=True)
    still_open = KeptRecording(record_class=kind, received_at=received, has_open_ticket=True)

    assert due_at(held, keep_days=DAYS) is None
    assert due_at(still_open, keep_days=DAYS) is None


@given(kind=KINDS, age=st.integers(0, 40_000))
def test_a_class_without_a_rule_is_kept(kind: RecordClass, age: int) -> None:
    kept = KeptRecording(record_class=kind, received_at=NOW - timedelta(days=age))

    assert not is_due(kept, keep_days={}, now=NOW)


# --- who -------------------------------------------------------------------------------------

AGENT = Listener(person_id=7)
DISPATCHER = Listener(person_id=8, hears_of_tickets=True, reads_confidential=True)
RETURN_VISITOR = Listener(person_id=9, hears_of_tickets=True)
INSPECTOR = Listener(person_id=10, hears_all=True)
LEADER = Listener(person_id=11, hears_all=True, reads_confidential=True)


@pytest.mark.parametrize(
    ("call", "hearers"),
    [
        (HeardCall(agent_id=7), {AGENT, INSPECTOR, LEADER}),
        (HeardCall(agent_id=1), {INSPECTOR, LEADER}),
        (HeardCall(agent_id=None), {INSPECTOR, LEADER}),
        (
            HeardCall(agent_id=1, has_ticket=True),
            {DISPATCHER, RETURN_VISITOR, INSPECTOR, LEADER},
        ),
        (HeardCall(agent_id=1, has_ticket=True, is_confidential=True), {DISPATCHER, LEADER}),
        (
            HeardCall(agent_id=7, has_ticket=True, is_confidential=True),
            {AGENT, DISPATCHER, LEADER},
        ),
    ],
)
def test_who_hears_what(call: HeardCall, hearers: set[Listener]) -> None:
    everybody = {AGENT, DISPATCHER, RETURN_VISITOR, INSPECTOR, LEADER}

    assert {each for each in everybody if may_hear(call, each)} == hearers


# --- one sound out of several ----------------------------------------------------------------


def frames_of(content: bytes) -> bytes:
    with wave.open(io.BytesIO(content)) as file:
        return file.readframes(file.getnframes())


def test_pieces_are_heard_in_the_order_of_the_talk_and_nothing_is_lost() -> None:
    first, second = make_talk(3), make_talk(2)

    joined = join_pieces([first, second])

    assert frames_of(joined) == frames_of(first) + frames_of(second)
    assert measure(joined).seconds == 5


def test_a_piece_that_cannot_be_read_is_left_out_of_the_whole() -> None:
    assert measure(join_pieces([make_talk(3), b"broken", make_talk(2)])).seconds == 5


def test_a_piece_whose_recorder_died_is_in_the_whole() -> None:
    unfinished = bytearray(make_talk(4))
    unfinished[40:44] = bytes(4)

    assert measure(join_pieces([make_talk(1), bytes(unfinished)])).seconds == 5


def test_pieces_of_different_shape_are_not_laid_end_to_end() -> None:
    other = io.BytesIO()
    with wave.open(other, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(64))

    with pytest.raises(PiecesDiffer):
        join_pieces([make_talk(1), other.getvalue()])


# --- what is missing -------------------------------------------------------------------------

OLD, NEW = NOW - timedelta(hours=2), NOW - timedelta(minutes=5)


def test_what_is_missing_is_named_in_every_direction() -> None:
    seen = Inventory(
        talks_without_recording=[Dated(name="17", since=OLD, seconds=60)],
        recordings_without_call=[Dated(name="hy1_1.0_1.wav", since=OLD)],
        rows=[Dated(name="d/both", since=OLD), Dated(name="d/row-only", since=OLD)],
        files=[
            Dated(name="d/both", since=OLD),
            Dated(name="d/file-only", since=OLD),
            Dated(name="differing/x", since=OLD),
        ],
        waiting_fetches=[Dated(name="tw_1_1.wav", since=OLD)],
        differing_folder="differing",
    )

    assert findings_of(seen, now=NOW) == {
        Finding.TALK_WITHOUT_RECORDING: ["17"],
        Finding.RECORDING_WITHOUT_CALL: ["hy1_1.0_1.wav"],
        Finding.FILE_WITHOUT_ROW: ["d/file-only"],
        Finding.ROW_WITHOUT_FILE: ["d/row-only"],
        Finding.NOT_HANDED_OVER: ["tw_1_1.wav"],
        Finding.PUT_ASIDE: ["differing/x"],
    }


def test_what_may_still_be_on_its_way_is_not_missed() -> None:
    seen = Inventory(
        talks_without_recording=[Dated(name="17", since=NEW, seconds=60)],
        recordings_without_call=[Dated(name="hy1_1.0_1.wav", since=NEW)],
        files=[Dated(name="d/file-only", since=NEW)],
        waiting_fetches=[Dated(name="tw_1_1.wav", since=NEW)],
    )

    assert not any(findings_of(seen, now=NOW).values())


def test_a_talk_of_a_breath_is_not_missed() -> None:
    seen = Inventory(talks_without_recording=[Dated(name="17", since=OLD, seconds=1.9)])

    assert findings_of(seen, now=NOW)[Finding.TALK_WITHOUT_RECORDING] == []


# --- asking again ----------------------------------------------------------------------------


def test_pauses_grow_to_a_day_and_nothing_is_ever_given_up() -> None:
    tried, tries = [NOW], 0
    while tried[-1] < NOW + timedelta(days=30):
        tries += 1
        tried.append(next_try(tries=tries, told_at=NOW, now=tried[-1]))

    pauses = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=5)
    assert {pause for pause in pauses if pause > timedelta(minutes=30)} == {DAILY}
    assert len([at for at in tried if at - NOW < DAILY_AFTER]) < 200
