"""The link that asks a citizen, found where he reads it, and what he does with it."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.core import clock
from app.core.database import db
from app.handling import visit_lists
from app.notifications import jobs
from app.notifications import service as notifications
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Way
from tests.conftest import PageClient
from tests.notifications.stage import messages

SITE = "https://12345.example.cn"
LINK = re.compile(rf"{re.escape(SITE)}(/visit/\S+)")
GOOD = {"is_solved": "yes", "result_mark": "5", "attitude_mark": "4", "words": ""}


def result_told(ticket_id: int) -> Message:
    """Give the message by which the caller of a ticket was told the result last."""
    found = [
        each
        for each in messages()
        if each.ticket_id == ticket_id and each.occasion is Occasion.RESULT_APPROVED
    ]
    return found[-1]


def link_to(ticket_id: int) -> str:
    """Give the path of the link in it."""
    found = LINK.search(result_told(ticket_id).body)
    assert found is not None
    return found[1]


def answer(client: PageClient, address: str, **changes: Any) -> Any:
    """Open the link and answer the questions behind it."""
    client.learn_token(client.get(address).text)
    return client.post(address, data={**GOOD, **changes})


def send() -> None:
    """Let everything go that waits to be sent by SMS."""
    with ThreadPoolExecutor(1) as pool:
        while jobs.send_due(Way.SMS, pool=pool):
            pass


def listed() -> dict[int, visit_lists.ToAsk]:
    """Give who is to be asked by a person, by the ticket."""
    db.session.rollback()
    rows = visit_lists.to_ask(
        now=clock.now(), reads_confidential=True, links_sent=notifications.asked_at
    )
    return {each.ticket.id: each for each in rows}
