"""Write stand-ins for a node's announcements: two beeps each, until the city records its own.

    python3 placeholder_sounds.py /usr/share/asterisk/sounds/hotline

A sound that is there already is left alone. 8 kHz, 16 bit, one channel, as Asterisk plays it.
"""

import math
import sys
import wave
from array import array
from pathlib import Path

RATE = 8000
SOUNDS = ("recording-notice", "still-waiting", "call-again", "number-moved")


def two_beeps(*, hertz: int = 800, seconds: float = 0.2) -> bytes:
    """Return two short beeps with a pause between."""
    beep = [
        round(6000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(RATE * seconds))
    ]
    return array("h", [*beep, *([0] * (RATE // 5)), *beep, *([0] * (RATE // 5))]).tobytes()


def main() -> int:
    """Write what is missing and say which."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOUNDS:
        path = folder / f"{name}.wav"
        if path.exists():
            continue
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(two_beeps())
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
