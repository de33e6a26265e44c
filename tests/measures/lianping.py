"""What 连平县 published, as single tickets (domain rules 1.4): two quarters, two lists of types."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from app.measures.pictures import TicketPicture

COUNTY = "441623"
Q4_2023: Mapping[str, int] = {
    "consult": 249,
    "efficiency_complaint": 155,
    "general_complaint": 1662,
    "help": 309,
    "suggestion": 11,
    "consumer_rights": 144,
    "economic_offence": 65,
}
Q2_2025: Mapping[str, int] = {
    "consult": 57,
    "complaint": 2840,
    "help": 169,
    "suggestion": 12,
    "report": 58,
}
FIRST_OF_Q4_2023 = datetime(2023, 9, 30, 16, tzinfo=UTC)
FIRST_OF_Q2_2025 = datetime(2025, 3, 31, 16, tzinfo=UTC)


def tickets_of(published: Mapping[str, int], first: datetime) -> Iterator[TicketPicture]:
    """Give one picture for each ticket of a quarter, spread over ninety days."""
    total = sum(published.values())
    kinds = [name for name, count in published.items() for _ in range(count)]
    for number, name in enumerate(kinds):
        yield TicketPicture(
            ticket_id=number + 1,
            opened_at=first + timedelta(days=90) * number / total,
            request_type=name,
            county_code=COUNTY,
        )
