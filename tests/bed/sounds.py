"""Tones: made by sox, found again in a-law packets and in recordings by Goertzel's filter."""

import io
import math
import subprocess
import wave
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

RATE = 8000  # samples a second, as telephones have it
LOUD = 13_000  # of 32,767, as sox makes ours


def make_tone(target: Path, *, hertz: int, seconds: float) -> Path:
    """Write a tone; the ending says the form: .wav, or .al for the bare a-law that sipp plays."""
    raw = ["-t", "al"] if target.suffix == ".al" else ["-b", "16"]
    made = ["sox", "-n", "-r", str(RATE), "-c", "1"]
    subprocess.run(
        [*made, *raw, str(target), "synth", str(seconds), "sine", str(hertz), "vol", "0.4"],
        check=True,
        capture_output=True,
    )
    return target


def tone_wav(
    *, hertz: int = 440, seconds: float = 1.0, rate: int = RATE, channels: int = 1, width: int = 2
) -> bytes:
    """Return a tone as a WAV file of any shape, made without sox."""
    turn = 2 * math.pi * hertz / rate
    tone = array("h", (round(LOUD * math.sin(turn * n)) for n in range(int(seconds * rate))))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    return buffer.getvalue()


def strength(samples: Sequence[int], hertz: int) -> float:
    """Return the amplitude (0 to 32767) of one frequency in samples of 8,000 a second."""
    if not samples:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(0.0, power)) / len(samples)


def from_alaw(packets: Iterable[bytes]) -> list[int]:
    """Return the samples of a-law bytes (ITU-T G.711)."""
    return [_ALAW[byte] for packet in packets for byte in packet]


def read_wav(path: Path) -> Sequence[int]:
    """Return the samples of a 16-bit, one-channel, 8 kHz file."""
    with wave.open(str(path)) as sound:
        if (sound.getsampwidth(), sound.getnchannels(), sound.getframerate()) != (2, 1, RATE):
            raise ValueError(f"{path.name}: not 16 bit, one channel, 8 kHz")
        return array("h", sound.readframes(sound.getnframes()))


def _one_alaw(byte: int) -> int:
    byte ^= 0x55
    exponent, mantissa = (byte >> 4) & 7, byte & 15
    size = (mantissa << 4) + 8 if not exponent else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if byte & 0x80 else -size


_ALAW = [_one_alaw(byte) for byte in range(256)]
