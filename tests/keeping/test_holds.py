"""A legal hold on a ticket: set and lifted by a manager, and nothing of it goes while it stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import select

from app.audit import line_ends
from app.audit.models import AuditLine
from app.callers.models import Caller
from app.calls.models import Call
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.core.phone_numbers import ERASED
from app.keeping import jobs, rounds
from app.keeping.held_things import HeldThings
from app.privacy import service as privacy
from app.privacy.models import PersonalView
from app.recordings import holds as recordings_holds
from app.recordings import jobs as recording_jobs
from app.recordings import service as recordings
from app.recordings.models import Recording
from app.tickets import holds
from app.tickets.models import Ticket, TicketHold
from telephony.simulator.audio import make_talk
from tests.administration.keepers import errors_of, page, send, value_of
from tests.conftest import PageClient
from tests.recordings.ended_calls import an_ended_call
from tests.recordings.tickets_opened import a_ticket_of, close

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen", "lengths")]

Tick = Callable[..., None]
REASON = "县法院 2026 民初 118 号"


@pytest.fixture
def manager(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return sign_in_as("hotline_manager")


def a_settled_ticket(agent: Any, key: str = "boot.1") -> int:
    """Let a call with its sound have left a ticket that has ended and that somebody looked at."""
    call_id = an_ended_call(key, phone=agent.work_number)
    with unit_of_work():
        recordings.receive_recording(
            name=f"sim_{key}_1.wav", content=make_talk(3), exchange_id="sim", call_key=key,
            segment=1,
        )  # fmt: skip
    ticket_id = a_ticket_of(call_id, by=agent.id)
    close(ticket_id, at=clock.now())
    with unit_of_work():
        seen = privacy.Subject(kind=privacy.SubjectKind.TICKET, id=ticket_id)
        privacy.note_view(seen, viewer_id=agent.id)
    return ticket_id


def hold(ticket_id: int, by: int, *, until: datetime | None = None) -> None:
    with unit_of_work():
        holds.hold_ticket(ticket_id, reason=REASON, until=until, held_by=by)


def the_day() -> None:
    """Do what a day's rounds do, those of recordings first."""
    recording_jobs.delete_due(now=clock.now())
    jobs.run_due((*jobs.WORKS, line_ends.WORK), now=clock.now(), stopped=Flag())
    db.session.rollback()


def is_whole(ticket_id: int) -> bool:
    db.session.rollback()
    ticket = db.session.get_one(Ticket, ticket_id)
    assert (ticket.erased_at is None) is (ticket.content != "***")
    return ticket.erased_at is None


def lines_about(ticket_id: int) -> int:
    return len(
        db.session.scalars(
            select(AuditLine).where(
                AuditLine.subject_type == "ticket",
                AuditLine.subject_id == str(ticket_id),
                AuditLine.kind != "ticket.erased",
            )
        ).all()
    )


@pytest.mark.postgresql
def test_nothing_that_is_held_is_deleted_and_all_of_it_goes_when_the_hold_is_lifted(
    agent: Any, tick: Tick
) -> None:
    held, other = a_settled_ticket(agent), a_settled_ticket(agent, "boot.2")
    hold(held, agent.id)
    written = lines_about(held)

    tick(days=3651)
    the_day()

    call = db.session.get_one(Call, db.session.get_one(Ticket, held).call_id)
    [sound] = db.session.scalars(select(Recording).where(Recording.call_id == call.id))
    looks = db.session.scalars(select(PersonalView.subject_id)).all()
    assert is_whole(held)
    assert not is_whole(other)
    assert sound.deleted_at is None
    assert call.from_number != ERASED
    assert lines_about(held) == written > 0
    assert lines_about(other) == 0
    assert looks == [held]
    assert [each.name for each in db.session.scalars(select(Caller))] != []
    for record_class in ("ticket", "view_log", "audit_log"):
        round_ = rounds.last_round(record_class)
        assert round_ is not None
        assert round_.deleted >= 1
        assert round_.held >= 1

    with unit_of_work():
        holds.lift_hold(held, reason="案件已结", lifted_by=agent.id)
    tick(days=1)
    the_day()

    assert not is_whole(held)
    assert db.session.get_one(Call, call.id).from_number == ERASED
    assert db.session.get_one(Recording, sound.id).deleted_at is not None
    assert db.session.scalars(select(PersonalView)).all() == []
    # what was done today is as young as today
    assert lines_about(held) == 1


def test_a_hold_ends_by_itself_on_its_day(agent: Any, tick: Tick) -> None:
    ticket_id = a_settled_ticket(agent)
    hold(ticket_id, agent.id, until=clock.now() + timedelta(days=3660))

    tick(days=3659)
    the_day()
    assert is_whole(ticket_id)
    tick(days=2)
    the_day()
    assert not is_whole(ticket_id)


def test_the_hold_of_a_calls_recordings_keeps_its_ticket_too(agent: Any, tick: Tick) -> None:
    ticket_id = a_settled_ticket(agent)
    call_id = db.session.get_one(Ticket, ticket_id).call_id
    assert call_id is not None
    with unit_of_work():
        recordings_holds.hold_recordings(call_id, reason=REASON, held_by=agent.id)

    tick(days=3651)
    the_day()

    assert is_whole(ticket_id)


def test_what_was_merged_is_held_with_its_master_and_the_master_with_what_was_merged(
    agent: Any,
) -> None:
    master, child = a_settled_ticket(agent), a_settled_ticket(agent, "boot.2")
    with unit_of_work():
        db.session.get_one(Ticket, child).master_id = master

    for one in (master, child):
        hold(one, agent.id)
        assert holds.held_ids() == {master, child}
        with unit_of_work():
            holds.lift_hold(one, reason="案件已结", lifted_by=agent.id)
    assert holds.held_ids() == set()


def test_a_held_ticket_keeps_its_person_from_being_forgotten_on_request(
    agent: Any, manager: PageClient
) -> None:
    ticket_id = a_settled_ticket(agent)
    with unit_of_work():
        person = Caller(name="陈小明", created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        db.session.get_one(Ticket, ticket_id).caller_id = person.id
    person_id, version = person.id, person.version
    hold(ticket_id, agent.id)

    form = {"forget-version": str(version), "forget-reason": "书面申请", "forget-is_sure": "y"}
    answer = send(manager, f"/callers/{person_id}/forget", **form)

    assert answer.status_code == 409
    db.session.rollback()
    assert db.session.get_one(Caller, person_id).forgotten_at is None


@pytest.mark.parametrize(
    ("kind", "subject", "data", "is_kept"),
    [
        ("ticket", "1", {}, True),
        ("ticket", "2", {}, False),
        ("call", "1", {}, False),
        ("call", "5", {}, True),
        ("recording", "7", {}, True),
        ("caller", "9", {}, True),
        ("personal_data", "1", {"subject_kind": "ticket"}, True),
        ("personal_data", "1", {"subject_kind": "caller"}, False),
        ("misuse_mark", "3", {"call_id": 5}, True),
        ("ticket", "2", {"number": "HY1"}, True),
        ("user", "1", {}, False),
        ("message", "4", {}, True),
        ("ticket", "", {}, False),
        ("ticket", "²", {}, False),
    ],
)
def test_a_line_about_something_held_is_known_by_its_subject_or_by_what_it_names(
    kind: str, subject: str, data: dict[str, Any], is_kept: bool
) -> None:
    held = HeldThings(
        tickets=frozenset({1}), calls=frozenset({5}), recordings=frozenset({7}),
        persons=frozenset({9}), messages=frozenset({4}), numbers=frozenset({"HY1"}),
    )  # fmt: skip

    assert held.covers(kind, subject, data) is is_kept


# --- the page --------------------------------------------------------------------------------


def in_days(days: int) -> str:
    return f"{(clock.now() + timedelta(days=days)).astimezone(CITY_TIME):%Y-%m-%dT%H:%M}"


def test_a_manager_holds_a_ticket_and_lifts_it_with_reasons_that_the_audit_keeps(
    agent: Any, manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_id = a_settled_ticket(agent)
    address = f"/tickets/{ticket_id}/hold"
    assert address in page(manager, f"/tickets/{ticket_id}")

    answer = send(manager, address, reason=f"{REASON}，联系 13912342817", until=in_days(90))
    assert answer.status_code == 302

    shown = page(manager, address)
    assert "保全中" in shown
    assert REASON in shown
    assert "13912342817" not in shown
    assert manager.person.name in shown
    assert "保全中" in page(manager, f"/tickets/{ticket_id}")
    listed = page(manager, "/administration/retention")
    assert REASON in listed
    assert address in listed
    assert send(manager, f"{address}/lift", reason="案件已结").status_code == 302
    assert "没有保全中的工单" in page(manager, "/administration/retention")
    told = page(sign_in_as("auditor"), "/audit")
    assert "设置了保全" in told
    assert "解除了工单" in told
    assert "13912342817" not in told


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"reason": ""}, "reason", ""),
        ({"reason": "因为"}, "reason", "至少 4 个字"),
        ({"reason": "长" * 501}, "reason", ""),
        ({"until": "2020-01-01T00:00"}, "until", "晚于"),
        ({"until": "明天"}, "until", ""),
    ],
)
def test_a_hold_that_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    agent: Any, manager: PageClient, typed: dict[str, str], field: str, says: str
) -> None:
    ticket_id = a_settled_ticket(agent)
    form = {"reason": REASON, "until": in_days(90), **typed}

    answer = send(manager, f"/tickets/{ticket_id}/hold", **form)

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert says in errors_of(answer.text, field)
    assert value_of(answer.text, "reason") == form["reason"]
    assert db.session.scalars(select(TicketHold)).all() == []


def test_whoever_was_slower_is_told_and_sees_what_stands_now(
    agent: Any, manager: PageClient
) -> None:
    ticket_id = a_settled_ticket(agent)
    hold(ticket_id, agent.id)

    answer = send(manager, f"/tickets/{ticket_id}/hold", reason="再设一次", until="")

    assert answer.status_code == 409
    assert "已设有保全" in answer.text
    with unit_of_work():
        holds.lift_hold(ticket_id, reason="案件已结", lifted_by=agent.id)
    again = send(manager, f"/tickets/{ticket_id}/hold/lift", reason="也来解除")
    assert again.status_code == 409
    assert "没有设置保全" in again.text


def test_an_erased_ticket_says_so_and_nothing_is_done_with_it_any_more(
    agent: Any, sign_in_as: Callable[..., PageClient], tick: Tick
) -> None:
    ticket_id = a_settled_ticket(agent)
    tick(days=3651)
    the_day()
    manager = sign_in_as("hotline_manager")

    shown = page(manager, f"/tickets/{ticket_id}")

    assert "保存期满" in shown
    assert "三盏路灯" not in shown
    answer = send(manager, f"/tickets/{ticket_id}/hold", reason=REASON, until="")
    assert answer.status_code == 409
    assert "不能再办理" in answer.text


@pytest.mark.parametrize("role", ["agent", "dispatcher", "shift_leader", "auditor"])
def test_nobody_else_holds_a_ticket(
    agent: Any, sign_in_as: Callable[..., PageClient], role: str
) -> None:
    ticket_id = a_settled_ticket(agent)

    answer = send(sign_in_as(role), f"/tickets/{ticket_id}/hold", reason=REASON, until="")

    assert answer.status_code == 403
