"""Tells each page the number of its newest fact: one that missed some asks for them (A10).

What goes from process to process may get lost, a Redis that is away loses all of it; and a page
sees that a fact is missing only by the number of the next one. So its own process says how far the
numbers have come, without any other in between.
"""

from collections.abc import Mapping

from sqlalchemy import select

from app.core.database import db
from app.core.extensions import socketio
from app.core.facts import FactCounter, agent_audience

AGAIN = 2
"""After how many rounds a number is said once more, to pages that may not have got it."""


class NewestNumbers:
    """Remembers what each page was told, so that little is said twice."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}  # connection → number, in which round
        self._round = 0

    def tell(self, pages: Mapping[str, int]) -> None:
        """Say it to those pages (connection → agent) whose facts went on since they were told.

        One round. What was said is said again after some, for it may have got lost as well.
        """
        self._round += 1
        numbers = newest_numbers(set(pages.values()))
        self._told = {link: told for link, told in self._told.items() if link in pages}
        for link_id, agent_id in pages.items():
            number = numbers.get(agent_id, 0)
            told, in_round = self._told.get(link_id, (0, self._round))
            if number > told or (told and self._round - in_round >= AGAIN):
                self._told[link_id] = number, self._round
                socketio.emit(  # type: ignore[call-arg]  # its stubs do not know ignore_queue
                    "newest", {"number": number}, to=link_id, ignore_queue=True
                )


def newest_numbers(agent_ids: set[int]) -> dict[int, int]:
    """Return agent → number of the newest fact on his desk; nobody who has none."""
    audiences = {agent_audience(agent_id): agent_id for agent_id in agent_ids}
    wanted = select(FactCounter.audience, FactCounter.last_number)
    rows = db.session.execute(wanted.where(FactCounter.audience.in_(audiences)))
    return {audiences[audience]: number for audience, number in rows}
