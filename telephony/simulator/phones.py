"""The phones of a simulated exchange: admitted by the app, there while a desk is open."""

import heapq
from collections.abc import Mapping
from datetime import datetime


class PhoneRack:
    """Knows which phones may be there and which are."""

    def __init__(self) -> None:
        self._admitted: set[str] = set()
        self._open_desks: set[str] = set()
        self._contacts: dict[str, str] = {}
        self._count = 0
        self._returns: list[tuple[datetime, str]] = []

    def is_there(self, phone: str) -> bool:
        """Say whether this phone can be rung."""
        return phone in self._contacts

    def there(self) -> Mapping[str, str]:
        """Return phone → contact of the phones that can be rung."""
        return dict(self._contacts)

    def contact(self, phone: str) -> str:
        """Name the phone's present contact; empty when it is not there."""
        return self._contacts.get(phone, "")

    def change(
        self, phone: str, *, is_admitted: bool | None = None, is_desk_open: bool | None = None
    ) -> bool:
        """Note what is new about a phone; return whether it came or went by that."""
        _set(self._admitted, phone, is_admitted)
        _set(self._open_desks, phone, is_desk_open)
        is_there = phone in self._admitted and phone in self._open_desks
        if is_there == (phone in self._contacts):
            return False
        if is_there:
            self._count += 1
            self._contacts[phone] = f"desk-{self._count}"
        else:
            del self._contacts[phone]
        return True

    def plan_return(self, phone: str, at: datetime) -> None:
        """A phone that was lost comes back by itself then."""
        heapq.heappush(self._returns, (at, phone))

    def next_return(self) -> datetime | None:
        """Return when the next lost phone comes back, or None."""
        return self._returns[0][0] if self._returns else None

    def take_return(self) -> str:
        """Return the phone that comes back next, once."""
        return heapq.heappop(self._returns)[1]


def _set(members: set[str], phone: str, is_member: bool | None) -> None:
    if is_member is None:
        return
    if is_member:
        members.add(phone)
    else:
        members.discard(phone)
