"""Whether a sound can be played to callers: one channel, 16 bit, 8 or 16 kHz. Pure."""

import io
import wave
from enum import StrEnum

from app.core.errors import Invalid

LONGEST_SECONDS = 60
SHORTEST_SECONDS = 0.1
RATES = (8000, 16000)
SAMPLE_BYTES = 2
LARGEST = 2_000_000
"""Bytes: a minute at 16 kHz and its header. Nothing larger is read to its end."""


class SoundFault(StrEnum):
    """Why a sound cannot be played; each has a sentence `sound.<fault>`."""

    TOO_LARGE = "too_large"
    NOT_WAV = "not_wav"
    NOT_MONO = "not_mono"
    NOT_16_BIT = "not_16_bit"
    WRONG_RATE = "wrong_rate"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SILENT = "silent"


class SoundUnfit(Invalid):
    """A greeting is a WAV file: one channel, 16 bit, 8 or 16 kHz, at most a minute, not silent."""

    code = "sound-unfit"

    def __init__(self, fault: SoundFault, *, found: float | str = "") -> None:
        super().__init__(field="sound", fault=fault.value, found=found)
        self.fault = fault
        self.found = found


def check_sound(content: bytes) -> float:
    """Return the length of a greeting in seconds. Raises SoundUnfit."""
    if len(content) > LARGEST:
        raise SoundUnfit(SoundFault.TOO_LARGE)
    try:
        with wave.open(io.BytesIO(content)) as file:
            channels, width, rate = file.getparams()[:3]
            samples = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError):
        raise SoundUnfit(SoundFault.NOT_WAV) from None
    _check_shape(channels=channels, width=width, rate=rate)
    seconds: float = len(samples) / SAMPLE_BYTES / rate
    if seconds < SHORTEST_SECONDS:
        raise SoundUnfit(SoundFault.TOO_SHORT)
    if seconds > LONGEST_SECONDS:
        raise SoundUnfit(SoundFault.TOO_LONG, found=round(seconds, 1))
    if not any(samples):
        raise SoundUnfit(SoundFault.SILENT)
    return seconds


def _check_shape(*, channels: int, width: int, rate: int) -> None:
    if channels != 1:
        raise SoundUnfit(SoundFault.NOT_MONO, found=channels)
    if width != SAMPLE_BYTES:
        raise SoundUnfit(SoundFault.NOT_16_BIT, found=width * 8)
    if rate not in RATES:
        raise SoundUnfit(SoundFault.WRONG_RATE, found=rate)
