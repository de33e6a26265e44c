"""One reply for many callers says to none of them what was promised to another."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock as wall
from app.core.database import db
from app.core.extensions import limiter
from app.handling import merging, results, sweeping, unit_parts
from app.notifications.models import Message
from app.tickets.service import get_ticket
from tests.administration.keepers import page
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

NAME = "欧阳明镜"
REPLY = f"经查{NAME}女士所反映的某厂偷排问题属实，三处排口已全部封堵，感谢监督。"


def one_matter(**of_master: Any) -> tuple[Cast, int, int]:
    """Merge an ordinary ticket into another and answer both; return the two."""
    cast = make_cast()
    master = play.open_one(cast, caller_name=NAME, contact_number="13900002899", **of_master)
    child = play.open_one(cast, contact_number="13900002801")
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.send(cast, master)
    saved(unit_parts.sign, master, doer=cast.unit)
    play.reach(cast, master)
    play.hand_in(cast, master, public_reply=REPLY)
    saved(results.approve, master, doer=cast.auditor)
    return cast, master, child


def close(cast: Cast, master: int, child: int) -> None:
    """Let both callers speak, and what is due be done."""
    for each in (master, child):
        play.ask(cast, each)
    for do in sweeping.find_due(wall.now()):
        saved(do)
    assert state(master) == "closed"


def message_page(browser: PageClient, ticket_id: int) -> str:
    """Open the page of what a ticket's caller is told of the result."""
    asked = select(Message.id).where(
        Message.ticket_id == ticket_id, Message.occasion == "result_approved"
    )
    return page(browser, f"/messages/{db.session.scalar(asked)}")


def progress_page(client: FlaskClient, ticket_id: int) -> str:
    """Ask for a demand's progress, as its caller does."""
    assert isinstance(client, PageClient)
    limiter.reset()
    client.learn_token(client.get("/progress").text)
    ticket = get_ticket(ticket_id)
    asked = {"number": ticket.number, "code": ticket.check_code}
    return str(client.post("/progress", data=asked, headers={"Accept": "text/html"}).text)


def test_nothing_of_a_confidential_masters_reply_reaches_an_ordinary_followers_caller(
    sign_in_as: Callable[..., PageClient], client: FlaskClient
) -> None:
    cast, master, child = one_matter(is_confidential=True)
    told = message_page(sign_in_as("hotline_manager"), child)
    asked = page(sign_in_as("return_visitor"), f"/visits/{child}")
    close(cast, master, child)
    read = page(sign_in_as("leader"), f"/results/{child}")
    looked_up = progress_page(client, child)

    assert get_ticket(child).number in told
    assert "一并办理" in looked_up
    for html in (told, asked, read, looked_up):
        assert NAME not in html
        assert "排口" not in html


def test_a_followers_caller_hears_the_reply_without_the_name_of_who_asked_beside_him(
    sign_in_as: Callable[..., PageClient], client: FlaskClient
) -> None:
    cast, master, child = one_matter()
    told = message_page(sign_in_as("hotline_manager"), child)
    own = message_page(sign_in_as("hotline_manager"), master)
    asked = page(sign_in_as("return_visitor"), f"/visits/{child}")
    close(cast, master, child)
    read = page(sign_in_as("leader"), f"/results/{child}")
    looked_up = progress_page(client, child)

    assert "排口已全部封堵" in own
    for html in (told, asked, read, looked_up):
        assert "排口已全部封堵" in html
        assert NAME not in html
