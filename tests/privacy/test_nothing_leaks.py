"""Every address of the app, opened by every role, with a confidential ticket among the rest.

Whatever comes back (body, header, address), whatever is logged and whatever facts are kept must not
hold who called, unless the table of levels says that this reader sees it.
"""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.core.database import db, unit_of_work
from app.core.facts import Fact
from app.core.permissions import Role
from app.core.phone_numbers import mask
from app.tickets import duplicates
from app.tickets.models import Ticket
from tests.call_queue import desks
from tests.conftest import PageClient
from tests.privacy.secret_ticket import (
    ADDRESS,
    IDENTITY,
    NAME,
    NUMBER,
    SECRETS,
    open_ticket,
    secrets_in,
)
from tests.workstation.desk_people import take_call, ticket

SignIn = Callable[..., PageClient]
ACCEPTED = ("text/html", "application/json")
# The number by itself is no whole number: what every list shows of it.
SHOWN = mask(NUMBER)
READ_CALLERS = {Role.SHIFT_LEADER, Role.HOTLINE_MANAGER, Role.AUDITOR}
"""Who surely opens pages with somebody's data: a test that opens none would say nothing."""


@pytest.fixture
def secret(
    registers: None,  # noqa: ARG001 - its lists
    sign_in_as: SignIn,
) -> tuple[PageClient, int, int]:
    """Let an agent take a call from the secret number and write a confidential ticket of it."""
    owner = sign_in_as("agent")
    desks.open_desk(owner.person)
    line = take_call(owner, who=NUMBER)
    call_id = line.call().id
    body = ticket(
        title=f"{NAME}反映夜间施工",
        content=f"夜间施工，住{ADDRESS}十七栋1704房，身份证441602199001011230，车牌粤P86J17",
        demand="微信号 zhuge_mingjing",
        address=ADDRESS,
        caller_name=NAME,
        privacy="confidential",
        urgency_reason="",
        identity_number=IDENTITY,
    )
    assert owner.post(f"/desk/calls/{call_id}/ticket", json=body).status_code == 201
    ticket_id = db.session.scalars(db.select(Ticket.id)).one()
    with unit_of_work():
        duplicates.add_call(
            ticket_id, call_id=call_id, agent_id=owner.person.id, note=f"{NAME}来催"
        )
    return owner, ticket_id, call_id


def addresses(app: Flask, ids: dict[str, int]) -> Iterator[str]:
    """Build every address that is asked for by GET; ids of things are the secret one's."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if rule.endpoint.startswith("demo.") or "sign" in rule.rule:
            continue
        built = rule.build(_values(rule, ids), append_unknown=False)
        assert built is not None
        yield built[1]


def _values(rule: Rule, ids: dict[str, int]) -> dict[str, Any]:
    return {
        name: ids.get(name, 1) if type(converter).__name__ == "IntegerConverter" else "x"
        for name, converter in rule._converters.items()
    }


def leaks_in(answer: Any, allowed: set[str]) -> set[str]:
    heads = " ".join(f"{name}: {value}" for name, value in answer.headers)
    body = answer.get_data().decode("utf-8", errors="replace")  # a sheet is a file
    told = f"{body} {heads}"
    return (secrets_in(told, *SECRETS) | ({"identity"} if IDENTITY in told else set())) - allowed


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("role", list(Role))
def test_no_page_no_look_up_and_no_log_line_tells_who_called(
    app: Flask,
    sign_in_as: SignIn,
    secret: tuple[PageClient, int, int],
    role: Role,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _owner, ticket_id, call_id = secret
    browser = sign_in_as(role)
    caller_id = db.session.scalars(db.select(Ticket.caller_id)).one()
    ids = {"ticket_id": ticket_id, "call_id": call_id, "caller_id": caller_id or 1}
    app.config["PROPAGATE_EXCEPTIONS"] = False
    leaks: dict[str, set[str]] = {}
    opened = 0

    with caplog.at_level(logging.DEBUG):
        for address in addresses(app, ids):
            for accepted in ACCEPTED:
                answer = browser.get(address, headers={"Accept": accepted})
                opened += answer.status_code == 200
                if found := leaks_in(answer, _allowed(address)):
                    leaks[f"{address} ({accepted})"] = found
        for path, body in _look_ups(call_id):
            answer = browser.post(path, json=body)
            if found := leaks_in(answer, set()):
                leaks[path] = found

    assert opened  # the test did open something
    assert leaks == {}
    assert secrets_in(caplog.text, *SECRETS) == set()
    assert IDENTITY not in caplog.text


def _allowed(address: str) -> set[str]:
    """A person's own page has the name in the form of those who may change it; no number."""
    return {"name"} if re.fullmatch(r"/callers/\d+", address) else set()


def _look_ups(call_id: int) -> list[tuple[str, dict[str, str]]]:
    about = {"text": "夜间施工", "county": "441602", "address": "翡翠湖畔"}
    return [
        (f"/desk/calls/{call_id}/alike-tickets", about),
        ("/desk/known-places", {"text": "翡翠湖", "county": ""}),
        ("/desk/suggestions", {"text": "夜间施工", "line": ""}),
        ("/callers/search", {"text": NUMBER[-4:]}),
    ]


@pytest.mark.one_database
def test_no_fact_that_is_sent_to_a_screen_holds_who_called(
    secret: tuple[PageClient, int, int],
) -> None:
    assert secret
    db.session.rollback()
    facts = list(db.session.scalars(db.select(Fact)))

    assert facts
    told = {fact.name: secrets_in(str(fact.body), *SECRETS) for fact in facts}
    assert {name: found for name, found in told.items() if found} == {}
    assert not any(IDENTITY in str(fact.body) for fact in facts)


@pytest.mark.one_database
def test_a_colleague_who_gets_the_callers_next_call_is_told_that_there_is_a_ticket_and_no_more(
    secret: tuple[PageClient, int, int], sign_in_as: SignIn
) -> None:
    assert secret
    colleague = sign_in_as("agent")
    desks.open_desk(colleague.person)
    take_call(colleague, "again", since=200, who=NUMBER)

    snapshot = colleague.get("/desk/snapshot")

    # The name is the caller's card's, masked; the ticket adds nothing to it.
    assert secrets_in(snapshot.text, *SECRETS) == set()
    [known] = snapshot.get_json()["call"]["caller"]["open_tickets"]
    assert (known["title"], known["contact_shown"], known["is_confidential"]) == ("", "", True)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("role", list(Role))
def test_every_page_that_shows_somebodys_data_carries_who_looks_at_it(
    app: Flask, sign_in_as: SignIn, secret: tuple[PageClient, int, int], role: Role
) -> None:
    _owner, ticket_id, call_id = secret
    open_ticket(sign_in_as("agent").person.id, privacy="ordinary")
    caller_id = db.session.scalars(db.select(Ticket.caller_id).where(Ticket.id == ticket_id)).one()
    ids = {"ticket_id": ticket_id, "call_id": call_id, "caller_id": caller_id or 1}
    without, marked = [], 0

    browser = sign_in_as(role)
    for address in addresses(app, ids):
        answer = browser.get(address, headers={"Accept": "text/html"})
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        shows = secrets_in(answer.text, *SECRETS) or SHOWN in answer.text
        is_marked = 'data-testid="watermark"' in answer.text
        marked += is_marked
        if shows and not is_marked:
            without.append(address)
        if is_marked:
            mark = re.findall(r'<svg class="watermark".*?</svg>', answer.text, re.S)[0]
            assert browser.person.work_number in mark
            assert 'aria-hidden="true"' in mark
            assert "style=" not in mark

    assert without == []
    assert marked > 5 or role not in READ_CALLERS
