"""What legal holds keep, and whether they keep a record about something. Pure.

A hold stands on a ticket or on the recordings of a call; what belongs to these is held with them:
the person, the calls, the messages, and whatever was written down about any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class HeldThings:
    """The ids of all that is held, by what it is; `numbers` are those of the held tickets."""

    tickets: frozenset[int] = NOBODY
    calls: frozenset[int] = NOBODY
    recordings: frozenset[int] = NOBODY
    persons: frozenset[int] = NOBODY
    messages: frozenset[int] = NOBODY
    numbers: frozenset[str] = frozenset()

    @property
    def is_nothing(self) -> bool:
        """Say whether no hold stands at all."""
        return not (self.tickets or self.calls)

    def covers(self, kind: str, subject: str, data: Mapping[str, Any]) -> bool:
        """Say whether a line of the audit is about something that is held.

        It is when its subject is held, or when what is kept with it names a held call or ticket.
        """
        if kind == "personal_data":
            kind = str(data.get("subject_kind", ""))
        held = self._by_kind().get(kind, NOBODY)
        if subject.isdecimal() and int(subject) in held:
            return True
        return data.get("call_id") in self.calls or str(data.get("number", "")) in self.numbers

    def _by_kind(self) -> Mapping[str, frozenset[int]]:
        return {
            "ticket": self.tickets,
            "call": self.calls,
            "recording": self.recordings,
            "caller": self.persons,
            "message": self.messages,
        }
