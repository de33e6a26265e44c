"""Hands for wishes about a call: asked by a desk, sent by the switchboard, told as facts."""

from typing import Any

from app.calls import order_book
from app.core.database import db, unit_of_work
from app.core.facts import Fact, agent_audience
from tests.calls.line_news import Line
from tests.conftest import PageClient


def ask(browser: PageClient, line: Line, what: str, **body: Any) -> Any:
    return browser.post(f"/desk/calls/{line.call().id}/{what}", json=body)


def facts_of(audience: str) -> list[tuple[str, dict[str, Any]]]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == audience).order_by(Fact.number)
    return [(fact.name, fact.body) for fact in db.session.execute(wanted).scalars()]


def last_fact(browser: PageClient, name: str) -> dict[str, Any]:
    return [body for n, body in facts_of(agent_audience(browser.person.id)) if n == name][-1]


def send_all(*, refuse: str = "") -> list[Any]:
    """Let the switchboard send what was wished."""
    sent = []
    while True:
        with unit_of_work():
            order = order_book.take_next("sim")
        if order is None:
            return sent
        sent.append(order)
        with unit_of_work():
            if refuse:
                order_book.mark_refused(order.order_id, code=refuse)
            else:
                order_book.mark_taken(order.order_id)
