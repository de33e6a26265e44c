"""What a recording's bytes tell."""

import io
import math
import random
import wave
from array import array

import pytest

from app.recordings.audio_checks import (
    NO_SOUND,
    RecordingState,
    Sound,
    judge,
    length_state,
    measure,
)
from app.recordings.audio_joining import join_pieces
from telephony.simulator.audio import make_silence, make_talk


def a_wav(samples: list[int], *, rate: int = 8000, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(array("h", samples).tobytes())
    return file.getvalue()


def state_of(content: bytes, *, talked: float) -> RecordingState:
    sound = measure(content)
    return judge(sound, recorded_seconds=sound.seconds, talked_seconds=talked)


def test_a_talk_is_measured_by_length_and_loudness() -> None:
    sound = measure(make_talk(12.5))

    assert sound.is_readable
    assert sound.seconds == 12.5
    assert 2000 < sound.rms < 5200
    assert sound.loudest_rms >= sound.rms


def test_the_loudness_of_a_tone_is_its_root_mean_square() -> None:
    tone = [round(10_000 * math.sin(n * 0.37)) for n in range(16_000)]

    assert measure(a_wav(tone)).rms == pytest.approx(10_000 / math.sqrt(2), rel=0.01)


def test_a_long_recording_is_heard_in_samples_and_still_right() -> None:
    tone = [round(8_000 * math.sin(n * 0.37)) for n in range(8000)] * 120

    sound = measure(a_wav(tone))

    assert sound.seconds == 120
    assert sound.rms == pytest.approx(8_000 / math.sqrt(2), rel=0.03)


def test_two_channels_are_one_talk() -> None:
    one_sided = [value for n in range(600_000) for value in (0, round(6000 * math.sin(n / 3)))]

    sound = measure(a_wav(one_sided, channels=2))

    assert sound.seconds == 75
    assert sound.rms == pytest.approx(3000, rel=0.05)


def test_a_good_talk_is_ok() -> None:
    assert state_of(make_talk(61), talked=60) is RecordingState.OK


def test_silence_is_flagged() -> None:
    assert state_of(make_silence(60), talked=60) is RecordingState.SILENT


def test_the_hiss_of_a_line_is_silence_and_one_short_word_is_not() -> None:
    pick = random.Random(1)
    hiss = [pick.randint(-30, 30) for _ in range(8000 * 20)]
    word = [round(3000 * math.sin(n * 0.3)) for n in range(4000)]

    assert state_of(a_wav(hiss), talked=20) is RecordingState.SILENT
    assert state_of(a_wav(hiss[:-4000] + word), talked=20) is RecordingState.OK


@pytest.mark.parametrize(
    ("recorded", "talked", "state"),
    [
        (58.1, 60, RecordingState.OK),
        (57.0, 60, RecordingState.OK),
        (56.9, 60, RecordingState.SHORT),
        (8.1, 10, RecordingState.OK),
        (7.9, 10, RecordingState.SHORT),
        (0.1, 1.5, RecordingState.OK),
        (600, 500, RecordingState.OK),
        (569, 600, RecordingState.SHORT),
    ],
)
def test_a_recording_may_miss_two_seconds_or_a_twentieth_of_the_talk(
    recorded: float, talked: float, state: RecordingState
) -> None:
    assert length_state(recorded_seconds=recorded, talked_seconds=talked) is state


@pytest.mark.parametrize(
    "content",
    [b"", b"not a sound", b"RIFF", make_talk(2)[:30], b"\x00" * 4096],
)
def test_what_is_no_sound_file_is_broken(content: bytes) -> None:
    assert state_of(content, talked=0) is RecordingState.BROKEN


def test_a_file_that_was_cut_is_as_long_as_what_is_left_of_it() -> None:
    whole = make_talk(10)

    sound = measure(whole[: 44 + 8000 * 2 * 4])

    assert sound.is_readable
    assert sound.seconds == 4


def test_a_file_whose_recorder_died_before_it_wrote_the_length_is_still_heard() -> None:
    unfinished = bytearray(make_talk(5))
    unfinished[40:44] = bytes(4)

    sound = measure(bytes(unfinished))

    assert sound.is_readable
    assert sound.seconds == 5
    assert sound.rms > 2000


def test_a_recording_of_nothing_is_silent() -> None:
    assert (
        judge(Sound(is_readable=True), recorded_seconds=0, talked_seconds=0)
        is RecordingState.SILENT
    )


def test_whatever_is_wrong_with_a_files_head_it_is_broken_and_never_a_fault_of_ours() -> None:
    """A length that leads past the end made the check itself break: the node sent it for ever."""
    whole = make_talk(1)
    for place in range(min(len(whole), 60)):
        for value in (0, 1, 127, 255):
            for end in (len(whole), 44, 40, 20):
                head = bytearray(whole[:end])
                if place < len(head):
                    head[place] = value
                    measure(bytes(head))

    past_its_end = bytearray(whole)
    past_its_end[16:20] = (2**31).to_bytes(4, "little")
    assert measure(bytes(past_its_end)) == NO_SOUND
    assert join_pieces([whole, bytes(past_its_end)]) == join_pieces([whole])
