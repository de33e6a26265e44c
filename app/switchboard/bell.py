"""A bell that wakes a loop: rung by whoever made work, with a poll as the net."""

from threading import Condition


class Bell:
    """Rings are not counted: one wake-up serves all the work there is."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._has_rung = False

    def ring(self) -> None:
        """Wake the loop, or let its next wait return at once."""
        with self._condition:
            self._has_rung = True
            self._condition.notify_all()

    def wait(self, seconds: float) -> bool:
        """Sleep until rung or until the time is over; say whether it was rung."""
        with self._condition:
            if not self._has_rung:
                self._condition.wait(seconds)
            rung, self._has_rung = self._has_rung, False
            return rung
