"""Decides from a recording's bytes what is wrong with it. Pure.

A recording is never refused for how it sounds: a silent one is flagged and kept, because it may
be the only proof of what happened (decision 18).
"""

import io
import math
import sys
import wave
from array import array
from dataclasses import dataclass
from enum import StrEnum

# Of 32767; about -56 dBFS. Hiss of a telephone line lies below, a whisper above.
SILENT_BELOW_RMS = 50
TOLERANCE_SECONDS = 2.0  # the recorder starts and stops a moment beside the talk
TOLERANCE_SHARE = 0.05
_SAMPLE_BYTES = 2
_MOST_SAMPLES_HEARD = 400_000  # enough to tell sound from silence, quick for an hour of talk
_WINDOW_SECONDS = 1.0
_HEADER_BYTES = 44


class RecordingState(StrEnum):
    """What the check of a recording found."""

    OK = "ok"
    SILENT = "silent"  # no sound that a person could hear
    SHORT = "short"  # the pieces of the call do not cover its talk
    BROKEN = "broken"  # not a sound file that can be read


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What can be measured in a WAV file. `loudest_rms` is that of the loudest second."""

    is_readable: bool
    seconds: float = 0.0
    rms: int = 0
    loudest_rms: int = 0


NO_SOUND = Sound(is_readable=False)


def measure(content: bytes) -> Sound:
    """Measure a WAV file (PCM, 16 bit); anything else is not readable."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            if file.getsampwidth() != _SAMPLE_BYTES:
                return NO_SOUND
            rate, channels = file.getframerate(), file.getnchannels()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError, RuntimeError):
        return NO_SOUND  # a length that leads past the end is a RuntimeError of the library
    # a recorder that died never wrote the length into the header; the sound is there all the same
    frames = frames or content[_HEADER_BYTES:]
    samples = _samples(frames)
    if rate <= 0 or channels <= 0:
        return NO_SOUND
    rms, loudest = _loudness(samples, per_second=rate * channels)
    return Sound(
        is_readable=True,
        seconds=round(len(samples) / channels / rate, 3),
        rms=rms,
        loudest_rms=loudest,
    )


def judge(sound: Sound, *, recorded_seconds: float, talked_seconds: float) -> RecordingState:
    """Decide the state of one piece.

    `recorded_seconds` is the length of all readable pieces of its call together, this one
    included: a call that was parted and resumed has several, and together they cover the talk.
    """
    if not sound.is_readable:
        return RecordingState.BROKEN
    if sound.loudest_rms < SILENT_BELOW_RMS:
        return RecordingState.SILENT
    return length_state(recorded_seconds=recorded_seconds, talked_seconds=talked_seconds)


def length_state(*, recorded_seconds: float, talked_seconds: float) -> RecordingState:
    """Decide whether the pieces of a call cover its talk: OK or SHORT."""
    tolerance = max(TOLERANCE_SECONDS, talked_seconds * TOLERANCE_SHARE)
    is_short = recorded_seconds + tolerance < talked_seconds
    return RecordingState.SHORT if is_short else RecordingState.OK


def _samples(frames: bytes) -> "array[int]":
    samples = array("h")
    samples.frombytes(frames[: len(frames) // _SAMPLE_BYTES * _SAMPLE_BYTES])
    if sys.byteorder == "big":
        samples.byteswap()  # WAV is little-endian
    return samples


def _loudness(samples: "array[int]", *, per_second: int) -> tuple[int, int]:
    """Return the root mean square of the whole and of its loudest second."""
    step = max(1, len(samples) // _MOST_SAMPLES_HEARD)
    if step % 2 == 0:
        step += 1  # an even step could hear one channel of two only
    heard = samples[::step]
    window = max(1, round(per_second * _WINDOW_SECONDS / step))
    sums = [
        (sum(sample * sample for sample in piece), len(piece))
        for piece in (heard[at : at + window] for at in range(0, len(heard), window))
    ]
    if not sums:
        return 0, 0
    total, count = (sum(part) for part in zip(*sums, strict=True))
    return math.isqrt(total // count), max(math.isqrt(part // size) for part, size in sums)
