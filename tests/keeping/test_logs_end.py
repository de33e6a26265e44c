"""Lines of the audit and records of looks end by dated lengths, in small saves, on record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit import line_ends
from app.audit.models import AuditLine
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.handed_down import given, hand_down
from app.handling.attachments import AttachmentPlace
from app.keeping import jobs, look_ends, rounds
from app.keeping.models import AttachmentDeletion, DeletionRound
from app.keeping.rounds import Batch, Due, Place, Work
from app.privacy import service as privacy
from app.privacy.models import PersonalView, Unmasking
from app.privacy.uncovering import UnmaskReason
from app.recordings.audio_store import AudioStoreDown
from app.rules import retention_register
from app.rules.models import RetentionRule
from app.rules.retention_lengths import UnfitKeepDays
from app.switchboard.listeners import PLACE

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
YEARS = 1095
WORKS = (*jobs.WORKS, line_ends.WORK)


def write_lines(count: int, *, about: str = "user") -> None:
    with unit_of_work():
        db.session.add_all(
            AuditLine(
                at=clock.now(), actor_id=None, realm="accounts", kind="account.signed_out",
                subject_type=about, subject_id=str(nth), summary="audit.account.signed_out",
                data={},
            )
            for nth in range(count)
        )  # fmt: skip


def old_lines() -> int:
    db.session.rollback()
    wanted = select(func.count()).where(AuditLine.kind == "account.signed_out")
    return db.session.scalar(wanted) or 0


def rounds_of(record_class: str) -> list[DeletionRound]:
    db.session.rollback()
    wanted = select(DeletionRound).where(DeletionRound.record_class == record_class)
    return list(db.session.scalars(wanted.order_by(DeletionRound.id)))


def the_day() -> None:
    jobs.run_due(WORKS, now=clock.now(), stopped=Flag())


@pytest.mark.usefixtures("lengths")
@pytest.mark.postgresql
def test_lines_go_when_their_time_is_over_and_the_log_says_how_many_by_which_rule(
    tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ends, "AT_ONCE", 3)
    write_lines(7)  # several saves, all of one moment
    tick(days=1)
    write_lines(2)

    tick(days=YEARS - 2)
    the_day()
    assert old_lines() == 9
    tick(days=1, seconds=1)
    the_day()
    assert old_lines() == 2

    nothing, some = rounds_of("audit_log")
    assert (nothing.deleted, some.deleted, some.held, some.waiting) == (0, 7, 0, 0)
    assert some.finished_at is not None
    assert (some.keep_days, some.rule_from, some.basis) == (
        YEARS, datetime(2020, 1, 1, tzinfo=UTC), "审计记录保存三年（示例，待本市核实）",
    )  # fmt: skip
    assert some.before == clock.now() - timedelta(days=YEARS)
    [told] = db.session.scalars(
        select(AuditLine).where(AuditLine.kind == "keeping.records_deleted")
    )
    assert (told.subject_id, told.data["rows"], told.actor_id) == ("audit_log", 7, None)


@pytest.mark.usefixtures("lengths")
def test_a_days_round_is_done_once_and_never_before_three_in_the_morning(tick: Tick) -> None:
    write_lines(1)
    tick(days=YEARS, hours=16.9)  # 02:54 in Heyuan
    the_day()
    assert old_lines() == 1
    assert rounds_of("audit_log") == []

    tick(hours=0.2)
    the_day()
    the_day()
    assert old_lines() == 0
    assert len(rounds_of("audit_log")) == 1


def test_without_a_length_everything_is_kept(tick: Tick) -> None:
    write_lines(1)
    tick(days=36500)

    the_day()

    assert old_lines() == 1
    assert rounds_of("audit_log") == []


def test_a_length_below_the_law_is_refused_and_does_not_hold_even_if_it_stands_in_the_table(
    tick: Tick,
) -> None:
    with unit_of_work(), pytest.raises(UnfitKeepDays):
        retention_register.set_length("audit_log", 183, basis="x", valid_from=None)
    with unit_of_work():
        db.session.add(
            RetentionRule(record_class="audit_log", keep_days=1, basis="x", valid_from=clock.now())
        )
    write_lines(1)

    tick(days=183)
    the_day()
    assert old_lines() == 1
    tick(days=2)
    the_day()
    assert old_lines() == 0
    assert rounds_of("audit_log")[-1].keep_days == 184


@pytest.mark.usefixtures("lengths")
@pytest.mark.postgresql
def test_a_round_that_was_killed_goes_on_and_counts_every_line_once(
    tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ends, "AT_ONCE", 4)
    write_lines(10)
    tick(days=YEARS + 1)
    done: list[int] = []

    def killed(due: Due, last: Place | None) -> Batch:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return line_ends.delete_due(due, last)

    with pytest.raises(KeyboardInterrupt):
        jobs.run_round(Work(record_class="audit_log", step=killed), stopped=Flag())
    assert old_lines() == 2
    jobs.run_round(line_ends.WORK, stopped=Flag())
    assert old_lines() == 2  # another process may be at it
    tick(minutes=11)
    jobs.run_round(line_ends.WORK, stopped=Flag())

    assert old_lines() == 0
    [row] = rounds_of("audit_log")
    assert (row.deleted, row.finished_at) == (10, clock.now())


@pytest.mark.usefixtures("lengths")
def test_a_round_that_is_stopped_in_between_leaves_the_rest_for_the_next(
    tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ends, "AT_ONCE", 4)
    write_lines(10)
    tick(days=YEARS + 1)
    stopped = Flag()
    stopped.set()

    jobs.run_round(line_ends.WORK, stopped=stopped)
    assert old_lines() == 6
    tick(days=1)
    the_day()

    assert old_lines() == 0
    assert [(row.deleted, row.finished_at is None) for row in rounds_of("audit_log")] == [
        (4, False), (6, False),
    ]  # fmt: skip


@pytest.mark.usefixtures("lengths")
@pytest.mark.postgresql
def test_looks_and_why_data_was_uncovered_go_by_the_rule_of_their_class(
    agent: Any, tick: Tick
) -> None:
    subject = privacy.Subject(kind=privacy.SubjectKind.TICKET, id=1)
    with unit_of_work():
        privacy.note_view(subject, viewer_id=agent.id)
        privacy.unmask(subject, reason_code=next(iter(UnmaskReason)), reason="核对", by=agent.id)
    tick(days=YEARS - 1)
    the_day()
    assert len(db.session.scalars(select(PersonalView)).all()) == 2
    tick(days=2)

    the_day()

    db.session.rollback()
    assert db.session.scalars(select(PersonalView)).all() == []
    assert db.session.scalars(select(Unmasking)).all() == []
    assert rounds_of("view_log")[-1].deleted == 2
    assert look_ends.RECORD_CLASS in {each.record_class for each in rounds.deletions()}


# --- files -----------------------------------------------------------------------------------


class Down:
    """Refuses to delete."""

    def delete(self, _path: str) -> None:
        raise AudioStoreDown


def test_a_file_goes_after_its_row_and_is_tried_again_when_its_place_was_away(
    app: Flask, tick: Tick
) -> None:
    place = given(AttachmentPlace)
    place.store.put("attachments/2026/11/23/1.ab", b"evidence")
    with unit_of_work():
        rounds.wish_file_away("attachments/2026/11/23/1.ab", sha256="ab")

    hand_down(app, AttachmentPlace(Down(), most_bytes=1))  # type: ignore[arg-type]
    jobs.take_files_away(stopped=Flag())
    assert rounds.files_to_delete() != []
    hand_down(app, place)
    tick(minutes=1)
    jobs.take_files_away(stopped=Flag())

    assert not place.store.has("attachments/2026/11/23/1.ab")  # type: ignore[attr-defined]
    [row] = db.session.scalars(select(AttachmentDeletion))
    assert row.done_at == clock.now()


def test_the_process_on_duty_runs_the_rounds_of_tickets_looks_and_the_audit(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []
    stopped = Flag()
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0)

    def note(works: Any, **_more: Any) -> None:
        run.extend(each.record_class for each in works)
        stopped.set()

    monkeypatch.setattr(jobs, "run_due", note)
    board: Any = app.extensions[PLACE]
    board._also["records-end"](stopped)

    assert run == ["ticket", "view_log", "audit_log"]
