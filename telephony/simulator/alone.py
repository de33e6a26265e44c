"""The exchange's own queue for hard times: it rings mirrored seats while the app is away (A12)."""

from collections.abc import Callable, Sequence

from telephony.port import FallbackSeat


class AloneQueue:
    """The seats that the app last named, in the order in which they are tried."""

    def __init__(self) -> None:
        self._seats: list[FallbackSeat] = []

    def mirror(self, seats: Sequence[FallbackSeat]) -> None:
        """Make these, and only these, the seats; those rung longest ago stay in front."""
        order = {seat.phone: number for number, seat in enumerate(self._seats)}
        self._seats = sorted(seats, key=lambda seat: order.get(seat.phone, len(order)))

    def mirrored(self) -> list[FallbackSeat]:
        """Return the seats that were mirrored last."""
        return list(self._seats)

    def next_seat(self, is_free: Callable[[str], bool]) -> str | None:
        """Return the phone to ring next, and put its seat to the end of the line; None: nobody."""
        for number, seat in enumerate(self._seats):
            if not seat.is_paused and is_free(seat.phone):
                self._seats.append(self._seats.pop(number))
                return seat.phone
        return None
