"""Whether a sound can be played to callers: one channel, 16 bit, 8 or 16 kHz. Pure."""

import io
import wave

from app.core.errors import Invalid

LARGEST = 1024 * 1024
LONGEST_SECONDS = 60.0
RATES = (8000, 16000)


class SoundUnfit(Invalid):
    """A greeting is a WAV file: one channel, 16 bit, 8 or 16 kHz, at most a minute, not silent."""

    code = "sound-unfit"


def check_sound(content: bytes) -> float:
    """Return the length of a greeting in seconds. Raises SoundUnfit."""
    if len(content) > LARGEST:
        raise SoundUnfit(field="sound")
    try:
        with wave.open(io.BytesIO(content)) as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            samples = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError):
        raise SoundUnfit(field="sound") from None
    seconds = len(samples) / 2 / shape[2] if shape[2] else 0.0
    fits = shape[:2] == (1, 2) and shape[2] in RATES
    if not fits or not 0.1 <= seconds <= LONGEST_SECONDS or not any(samples):
        raise SoundUnfit(field="sound")
    return seconds
