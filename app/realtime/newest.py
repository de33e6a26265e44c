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


class NewestNumbers:
    """Remembers what each page was told, so that nothing is said twice."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}

    def tell(self, pages: Mapping[str, int]) -> None:
        """Say it to those pages (connection → agent) whose facts went on since they were told."""
        numbers = newest_numbers(set(pages.values()))
        self._told = {link: n for link, n in self._told.items() if link in pages}
        for link_id, agent_id in pages.items():
            number = numbers.get(agent_id, 0)
            if number > self._told.get(link_id, 0):
                self._told[link_id] = number
                socketio.emit(  # type: ignore[call-arg]  # its stubs do not know ignore_queue
                    "newest", {"number": number}, to=link_id, ignore_queue=True
                )


def newest_numbers(agent_ids: set[int]) -> dict[int, int]:
    """Return agent → number of the newest fact on his desk; nobody who has none."""
    audiences = {agent_audience(agent_id): agent_id for agent_id in agent_ids}
    wanted = select(FactCounter.audience, FactCounter.last_number)
    rows = db.session.execute(wanted.where(FactCounter.audience.in_(audiences)))
    return {audiences[audience]: number for audience, number in rows}
