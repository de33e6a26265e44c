"""Makes the sound of a talk that never took place: two soft tones in turn, with pauses."""

import io
import math
import wave
from array import array

RATE = 8000  # samples a second
LONGEST_SECONDS = 300
_LOUDNESS = 5200  # of 32767: about -16 dBFS, well above silence
_FADE = 400  # samples; a tone that starts at once would click
_PITCHES = (220.0, 330.0)  # the two speakers
_TONE_SECONDS, _PAUSE_SECONDS = 1.6, 0.4


def make_talk(seconds: float) -> bytes:
    """Return a WAV file (8 kHz, 16 bit, mono) of this length, at most `LONGEST_SECONDS`."""
    wanted = round(max(0.0, min(seconds, float(LONGEST_SECONDS))) * RATE)
    turn = b"".join(_voice(pitch) for pitch in _PITCHES)
    frames = (turn * (wanted * 2 // len(turn) + 1))[: wanted * 2]
    return _as_wav(frames)


def make_silence(seconds: float) -> bytes:
    """Return a WAV file of nothing, as a broken media path leaves it."""
    return _as_wav(bytes(round(seconds * RATE) * 2))


def _voice(pitch: float) -> bytes:
    count = round(_TONE_SECONDS * RATE)
    step = 2 * math.pi * pitch / RATE
    tone = array(
        "h",
        (
            round(_LOUDNESS * math.sin(step * n) * min(1.0, n / _FADE, (count - n) / _FADE))
            for n in range(count)
        ),
    )
    return tone.tobytes() + bytes(round(_PAUSE_SECONDS * RATE) * 2)


def _as_wav(frames: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(frames)
    return file.getvalue()
