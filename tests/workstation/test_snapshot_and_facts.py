"""What the server tells a desk is what the page knows how to read, and holds no whole number."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from app.accounts.models import User
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.facts import Fact, agent_audience
from app.core.log_setup import HANDLER_NAME
from app.organisation import service as organisation
from tests.architecture.tree import files
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, enquiry, take_call, ticket

FRONT_END = Path("app/frontend/src")
DESK_TYPES = (
    FRONT_END / "islands/agent_desk/deskTypes.ts",
    FRONT_END / "shared/phone/credentials.ts",
)
CONTACT = "13700009999"


def interface(name: str) -> set[str]:
    """Read the names of one interface's own members from the page's types."""
    text = "".join(place.read_text(encoding="utf-8") for place in DESK_TYPES)
    match = re.search(rf"interface {name}(?: extends \w+)? \{{\n(.*?)\n\}}", text, re.DOTALL)
    assert match, f"the page declares no {name}"
    return set(re.findall(r"^  '?([\w.]+)'?\??: ", match[1], re.MULTILINE))


@pytest.fixture
def desk(registers: None, sign_in_as: Any) -> PageClient:  # noqa: ARG001
    browser: PageClient = sign_in_as("agent")
    return browser


def facts_of(browser: PageClient) -> list[Fact]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == agent_audience(browser.person.id))
    return list(db.session.execute(wanted.order_by(Fact.number)).scalars())


def a_whole_day(browser: PageClient) -> Line:
    """One call with everything that can come of it; the caller has called before."""
    first = take_call(browser, "earlier", since=-600)
    path = f"/desk/calls/{first.call().id}"
    browser.post(f"{path}/ticket", json=ticket(contact_number=CONTACT, caller_name="陈女士"))
    browser.post(f"{path}/enquiry-record", json=enquiry(note=f"回电 {CONTACT}"))
    tell(first.ended(-500))
    done = {"call_id": first.call().id, "code": None, "next_state": "ready"}
    assert browser.post("/desk/wrap-up/finish", json=done).status_code == 200
    line = take_call(browser, "now")
    phone = browser.person.work_number
    tell(line.lost(phone, 20))
    tell(line.answered(phone, 30, leg=2))
    return line


def test_every_fact_that_the_server_records_is_one_that_the_page_knows() -> None:
    told: set[str] = set()
    for path in files("app"):
        text = path.read_text(encoding="utf-8")
        if "record_fact(" in text and path != Path("app/core/facts.py"):
            told |= set(re.findall(r'"(desk\.[a-z_]+)"', text))

    assert told == interface("FactBodies")


@pytest.mark.postgresql
def test_a_snapshot_has_the_very_fields_that_the_page_reads(desk: PageClient) -> None:
    a_whole_day(desk)

    snapshot = desk.get("/desk/snapshot").get_json()

    assert set(snapshot) == interface("Desk")
    call = snapshot["call"]
    assert set(call) == interface("Call") | interface("Pop")
    assert set(call["line"]) == interface("Line")
    assert set(call["caller"]) == interface("CallerCard")
    assert set(call["draft"]) == interface("SavedDraft")
    assert set(snapshot["presence"]) == interface("Presence")
    assert set(snapshot["board"]) == interface("Board")
    assert set(snapshot["categories"][0]) == interface("Category")
    assert set(desk.get("/desk/phone").get_json()) == interface("PhoneCredentials")


def test_an_offer_has_the_very_fields_that_the_page_reads(desk: PageClient) -> None:
    from tests.workstation.desk_people import ring  # noqa: PLC0415 - only here it only rings

    ring(desk)

    snapshot = desk.get("/desk/snapshot").get_json()

    assert snapshot["call"] is None
    assert set(snapshot["offer"]) == interface("Offer") | interface("Pop")
    [made] = [fact.body["offer"] for fact in facts_of(desk) if fact.name == "desk.offer_made"]
    assert set(made) == set(snapshot["offer"])


@pytest.mark.postgresql
def test_bodies_of_facts_have_the_fields_that_the_page_reads(desk: PageClient) -> None:
    tell(a_whole_day(desk).ended(60))

    bodies = {fact.name: set(fact.body) for fact in facts_of(desk)}

    assert bodies["desk.presence_changed"] == {"presence"}
    assert bodies["desk.offer_made"] == {"offer"}
    assert bodies["desk.offer_ended"] == {"offer_id", "call_id", "reason"}
    assert bodies["desk.offer_answered"] == interface("Answered")
    assert bodies["desk.call_answered"] == {"call"}  # of the second talk
    assert bodies["desk.call_changed"] == {"call_id", "state", "state_since"}
    assert bodies["desk.call_ended"] == {"call_id", "ended_at", "ended_by"}
    assert bodies["desk.outcome_saved"] == {"call_id", "outcome"}
    assert bodies["desk.call_closed"] == {"call_id"}


@pytest.mark.postgresql
def test_a_snapshot_and_the_facts_after_it_lose_nothing(desk: PageClient) -> None:
    line = take_call(desk)
    number = desk.get("/desk/snapshot").get_json()["number"]

    tell(line.ended(60))

    missed = desk.get(f"/desk/facts?after={number}").get_json()["facts"]
    assert [fact["number"] for fact in missed] == [
        number + step for step in range(1, len(missed) + 1)
    ]
    assert {"desk.call_ended", "desk.presence_changed"} <= {fact["name"] for fact in missed}
    assert desk.get("/desk/facts?after=999").status_code == 409


def test_facts_are_only_those_of_ones_own_desk(desk: PageClient, sign_in_as: Any) -> None:
    take_call(desk)
    other = sign_in_as("agent")

    assert other.get("/desk/facts?after=0").get_json() == {"facts": []}


@pytest.mark.postgresql
def test_no_snapshot_fact_or_page_holds_a_whole_number(desk: PageClient) -> None:
    line = a_whole_day(desk)

    told = [
        desk.get("/desk/snapshot").text,
        desk.get("/desk/facts?after=0").text,
        json.dumps([fact.body for fact in facts_of(desk)], ensure_ascii=False),
        *(
            desk.get(page, headers={"Accept": "text/html"}).text
            for page in ("/desk", "/calls", f"/calls/{line.call().id}", "/tickets", "/tickets/1")
        ),
    ]

    for text in told:
        for number in (CALLER, CONTACT):
            assert number not in text
            assert f"+86{number}" not in text
    assert "139****2817" in told[0]


@pytest.mark.usefixtures("frozen")  # a week after the day of these calls it would not be again
def test_a_number_that_an_agent_once_typed_is_not_shown_whole_to_the_next_one(
    desk: PageClient,
) -> None:
    earlier = take_call(desk, "earlier", since=-600)
    path = f"/desk/calls/{earlier.call().id}"
    desk.post(f"{path}/enquiry-record", json=enquiry(note=f"回电 {CONTACT}"))
    tell(earlier.ended(-500))
    done = {"call_id": earlier.call().id, "code": None, "next_state": "ready"}
    desk.post("/desk/wrap-up/finish", json=done)
    take_call(desk, "now")

    caller = desk.get("/desk/snapshot").get_json()["call"]["caller"]

    assert "137****9999" in caller["recent_calls"][0]["summary"]


def test_no_line_of_the_log_holds_a_whole_number(
    desk: PageClient, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = next(h for h in logging.getLogger().handlers if h.name == HANDLER_NAME)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        records: list[str] = []
        real = handler.emit

        def keep(record: logging.LogRecord) -> None:
            records.append(handler.format(record))

        handler.emit = keep  # type: ignore[method-assign]
        line = a_whole_day(desk)
        # Every way to go wrong that tells something of the call.
        tell(Line(call_key="stranger", from_number=CALLER).answered("9999", 1))
        desk.post(f"/desk/calls/{line.call().id}/ticket", json=ticket(contact_number="x"))
    finally:
        handler.emit = real  # type: ignore[method-assign]
        logging.getLogger().setLevel(logging.WARNING)

    assert records
    text = "\n".join(records) + capsys.readouterr().err
    assert CALLER not in text
    assert CONTACT not in text


def test_a_line_that_stands_in_no_register_is_shown_by_its_number(desk: PageClient) -> None:
    take_call(desk)

    line = desk.get("/desk/snapshot").get_json()["call"]["line"]

    assert (line["number"], line["greeting"]) == ("12315", "")


def register_line(**more: str) -> None:
    with unit_of_work():
        channels.register_number(
            channels.NewNumber(
                number="12315",
                name="市场监管热线",
                owner_unit_id=organisation.list_units()[0].id,
                mode=channels.MergeMode.DUAL_NUMBER,
                is_sample=True,
                greeting="您好，{work_number} 号为您服务",
                valid_from=clock.now().replace(year=2020),
                **more,
            )
        )


@pytest.mark.parametrize(
    ("skill", "kind"), [("enterprise", "enterprise"), ("policy", "enterprise"), ("tax", None)]
)
def test_a_line_for_enterprises_says_who_calls_it(
    desk: PageClient, skill: str, kind: str | None
) -> None:
    register_line(skill=skill)
    with unit_of_work():
        db.session.get_one(User, desk.person.id).skills = [skill]
    take_call(desk)

    line = desk.get("/desk/snapshot").get_json()["call"]["line"]

    assert (line["name"], line["person_kind"]) == ("市场监管热线", kind)


def test_a_registered_line_is_shown_by_name_and_greeted(desk: PageClient) -> None:
    register_line()
    take_call(desk)

    line = desk.get("/desk/snapshot").get_json()["call"]["line"]

    assert line["name"] == "市场监管热线"
    assert desk.person.work_number in line["greeting"]


def test_a_withheld_number_is_said_to_be_withheld(desk: PageClient) -> None:
    desks.link_up()
    desks.open_desk(desk.person)
    line = Line(from_number="anonymous")
    tell(line.arrived(0), line.answered(desk.person.work_number, 5))

    caller = desk.get("/desk/snapshot").get_json()["call"]["caller"]

    assert (caller["is_withheld"], caller["number_shown"]) == (True, "")
    assert caller["open_tickets"] == []


@pytest.mark.usefixtures("frozen")  # a week after the day of these calls it would not be again
def test_a_caller_who_calls_again_is_recognised(desk: PageClient) -> None:
    a_whole_day(desk)

    caller = desk.get("/desk/snapshot").get_json()["call"]["caller"]

    assert caller["calls_7_days"] == 1
    assert len(caller["open_tickets"]) == 1
    assert caller["recent_calls"][0]["outcome"] == "ticket"


def test_a_part_of_the_pop_that_fails_is_left_empty_and_the_ring_goes_on(
    desk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.workstation import pop_cards  # noqa: PLC0415 - only this test breaks it

    def broken(*_args: object, **_given: object) -> None:
        raise RuntimeError("the index is gone")

    monkeypatch.setattr(pop_cards.knowledge_base, "suggest", broken)
    take_call(desk)

    call = desk.get("/desk/snapshot").get_json()["call"]

    assert call["suggestions"] == []
    assert call["caller"]["number_shown"] == "139****2817"


def test_the_calls_of_others_are_not_an_agents_to_open(desk: PageClient, sign_in_as: Any) -> None:
    line = take_call(desk)
    other, leader = sign_in_as("agent"), sign_in_as("shift_leader")

    path = f"/calls/{line.call().id}"
    assert other.get(path, headers={"Accept": "text/html"}).status_code == 404
    assert leader.get(path, headers={"Accept": "text/html"}).status_code == 200
