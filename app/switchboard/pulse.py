"""Whether this process can do its work: the last small save that held, and how long ago it was."""

import time

LONGEST_SILENCE_SECONDS = 4.5
"""The duty lease is renewed every two seconds; a database that hangs for longer cannot be worked
with. An exchange leaves an app alone whose heartbeat is six seconds old."""


class Pulse:
    """Beaten by whoever saves something small again and again; asked by the exchanges' links."""

    def __init__(self) -> None:
        self._held_at = time.monotonic()
        self._has_failed = False

    def beat(self) -> None:
        """A save held."""
        self._held_at, self._has_failed = time.monotonic(), False

    def miss(self) -> None:
        """A save failed."""
        self._has_failed = True

    def is_well(self) -> bool:
        """Say whether saves hold now."""
        return not self._has_failed and self.silence() < LONGEST_SILENCE_SECONDS

    def silence(self) -> float:
        """Return the seconds since a save held."""
        return time.monotonic() - self._held_at
