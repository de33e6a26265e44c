"""Tables of the work on a ticket: parts of units, clocks, wishes, contacts, results, visits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model
from app.handling.clock_rules import ClockKind
from app.handling.visit_times import Suits
from app.handling.wish_states import WishState
from app.rules.due_dates import AfterHours, FirstDay, LastDayEnds
from app.rules.running_clocks import ClockEvent

WORDS = 1000


def _of_what_is_left(name: str, ended: str, *columns: str) -> Index:
    """Index what has not ended: desks ask for nothing else, and it does not grow with the years."""
    is_left = text(f"{ended} IS NULL")
    return Index(name, *columns, postgresql_where=is_left, sqlite_where=is_left)


class Part(StrEnum):
    """What a unit has to do with a ticket."""

    LEAD = "lead"  # 主办
    ASSISTANT = "assistant"  # 协办
    SENT_DOWN = "sent_down"  # 下派: from the lead to a town or a section below it


class PartEnding(StrEnum):
    """How a unit's part in a ticket ended."""

    DONE = "done"
    RETURNED = "returned"
    REPLACED = "replaced"
    OVER = "over"  # merged, withdrawn, void


class BasisKind(StrEnum):
    """Why this unit was chosen (domain rules 1.7)."""

    CATALOGUE = "catalogue"
    PRECEDENT = "precedent"
    HISTORY = "history"
    BY_HAND = "by_hand"


class TimeKind(StrEnum):
    """What sort of time a unit asks for."""

    EXTENSION = "extension"  # 延期
    SUSPENSION = "suspension"  # 挂起
    STATUTORY = "statutory"  # a longer procedure by law


class FollowKind(StrEnum):
    """What was added to a ticket without moving it."""

    URGE = "urge"  # 催办
    SUPPLEMENT = "supplement"  # 补充
    SUPERVISE = "supervise"  # 督办


class AttachmentKind(StrEnum):
    """What a file shows (domain rules 1.5)."""

    HANDLING = "handling"  # 办理附件
    CONTACT = "contact"  # 联系证据
    IDENTITY = "identity"  # 证件附件


class VisitWay(StrEnum):
    """How the citizen was asked."""

    PHONE = "phone"
    SMS = "sms"
    KEYPAD = "keypad"


class Assignment(Model):
    """A unit's part in a ticket, from its dispatch to its end."""

    __tablename__ = "assignments"
    __table_args__ = (_of_what_is_left("ix_assignments_live", "ended_at", "unit_id", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    part: Mapped[Part] = mapped_column(word(Part))
    round: Mapped[int]
    # Which dispatch of the ticket this is, counted over its whole life; 0 for all but leads.
    nth: Mapped[int] = mapped_column(default=0)
    asked_by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    dispatched_at: Mapped[datetime] = mapped_column(Moment)
    dispatched_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    basis_kind: Mapped[BasisKind] = mapped_column(word(BasisKind))
    basis: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(WORDS), default="")
    # Until when it may be given back; None where the calendar does not know the year yet.
    return_until: Mapped[datetime | None] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_signed_by_itself: Mapped[bool] = mapped_column(default=False)
    opinion: Mapped[str] = mapped_column(Text, default="")
    opinion_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ending: Mapped[PartEnding | None] = mapped_column(word(PartEnding))


class TicketClock(Model):
    """One promise of time and the rule it was begun with; what follows from its steps is a copy."""

    __tablename__ = "ticket_clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind", "nth"),
        _of_what_is_left("ix_ticket_clocks_left", "done_at", "due_at"),
        _of_what_is_left("ix_ticket_clocks_left_of_kind", "done_at", "kind", "ticket_id"),
        _of_what_is_left("ix_ticket_clocks_left_of_unit", "done_at", "unit_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[ClockKind] = mapped_column(word(ClockKind))
    nth: Mapped[int]
    round: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    limit: Mapped[str] = mapped_column(String(8))
    basis: Mapped[str] = mapped_column(String(200))
    is_urgent: Mapped[bool]
    first_day: Mapped[FirstDay] = mapped_column(word(FirstDay))
    last_day_ends: Mapped[LastDayEnds] = mapped_column(word(LastDayEnds))
    after_hours: Mapped[AfterHours] = mapped_column(word(AfterHours))
    warns_before: Mapped[str] = mapped_column(String(8))
    rules_version: Mapped[str] = mapped_column(String(16))
    # By which calendar it is reckoned: the city's ("") or that of the region of its unit.
    calendar_version: Mapped[int] = mapped_column(ForeignKey("calendar_versions.id"), index=True)
    calendar_region: Mapped[str] = mapped_column(String(16), default="")
    # A promise that was made stays: a due date may come earlier by a change, never later.
    not_after: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    warns_at: Mapped[datetime | None] = mapped_column(Moment)
    missing_year: Mapped[int | None] = mapped_column(index=True)
    is_running: Mapped[bool] = mapped_column(default=True)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    extensions: Mapped[int] = mapped_column(default=0)
    told_nearly_due_at: Mapped[datetime | None] = mapped_column(Moment)
    told_ran_out_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketClockStep(Model):
    """One thing that happened to a clock; never changed, so every rate can be reckoned again."""

    __tablename__ = "ticket_clock_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("ticket_clocks.id"), index=True)
    event: Mapped[ClockEvent] = mapped_column(word(ClockEvent))
    at: Mapped[datetime] = mapped_column(Moment)
    by_limit: Mapped[str] = mapped_column(String(8), default="")
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ClockRuleChange(Model):
    """A clock was given another rule or calendar, by whom and why (architecture A7)."""

    __tablename__ = "clock_rule_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("ticket_clocks.id"), index=True)
    old_limit: Mapped[str] = mapped_column(String(8))
    new_limit: Mapped[str] = mapped_column(String(8))
    old_version: Mapped[str] = mapped_column(String(16))
    new_version: Mapped[str] = mapped_column(String(16))
    old_calendar: Mapped[int] = mapped_column(ForeignKey("calendar_versions.id"))
    new_calendar: Mapped[int] = mapped_column(ForeignKey("calendar_versions.id"))
    old_due_at: Mapped[datetime | None] = mapped_column(Moment)
    new_due_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(WORDS))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ReturnWish(Model):
    """A unit says that no part of a ticket is its duty, and whose it is."""

    __tablename__ = "return_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    reason: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(String(WORDS))
    proposed_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    state: Mapped[WishState] = mapped_column(word(WishState), default=WishState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(String(WORDS), default="")


class TimeWish(Model):
    """A unit asks for more time, for a pause, or for the longer procedure of a law."""

    __tablename__ = "time_wishes"
    __table_args__ = (Index("ix_time_wishes_state_ticket_id", "state", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[TimeKind] = mapped_column(word(TimeKind))
    by_limit: Mapped[str] = mapped_column(String(8), default="")
    reason: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(String(WORDS))
    # The contact in which the citizen was told; without one his own clock stays as it is.
    told_in_contact_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_contacts.id"))
    state: Mapped[WishState] = mapped_column(word(WishState), default=WishState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(String(WORDS), default="")


class Contact(Model):
    """Somebody spoke with the citizen about a ticket, or tried to; a call of ours proves it.

    `talked_at`: from when he talked in that call, by the ledger; None where nothing proves it.
    """

    __tablename__ = "ticket_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    round: Mapped[int]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    is_reached: Mapped[bool]
    talked_at: Mapped[datetime | None] = mapped_column(Moment)
    is_reply_told: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(WORDS), default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class OwnCall(Model):
    """A call to the citizen of a ticket that somebody made from his own telephone.

    `unit_id` is the unit for which he called; None: he asks for the hotline (a return visit).
    """

    __tablename__ = "own_calls"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)


class Result(Model):
    """What a lead unit handed in, and what the auditor said of it."""

    __tablename__ = "ticket_results"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    round: Mapped[int]
    public_reply: Mapped[str] = mapped_column(Text)
    internal_note: Mapped[str] = mapped_column(Text, default="")
    # What was done (采取的措施) and by which law or rule (依据); whether needed, a rule says.
    measures: Mapped[str] = mapped_column(Text, default="")
    legal_basis: Mapped[str] = mapped_column(String(WORDS), default="")
    # By which procedure of a law it was handled; it counts once an auditor let the result hold.
    procedure: Mapped[str] = mapped_column(String(32), default="")
    is_true: Mapped[bool | None]
    is_over_duty: Mapped[bool] = mapped_column(default=False)
    is_solved: Mapped[bool]
    unsolved_reason: Mapped[str] = mapped_column(String(WORDS), default="")
    # What the reply says without signs and figures, as a hash: copies find each other.
    reply_hash: Mapped[str] = mapped_column(String(64), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_results.id"), index=True)
    # Names the act of handing in: the same key again finds what it handed in.
    once_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    handed_in_at: Mapped[datetime] = mapped_column(Moment)
    handed_in_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    audited_at: Mapped[datetime | None] = mapped_column(Moment)
    audited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    defect: Mapped[str] = mapped_column(String(32), default="")
    defect_note: Mapped[str] = mapped_column(String(WORDS), default="")


class Attachment(Model):
    """A file that a unit attached; its content lies in the place for files, under `path`."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    round: Mapped[int]
    kind: Mapped[AttachmentKind] = mapped_column(word(AttachmentKind))
    name: Mapped[str] = mapped_column(String(100))
    media_type: Mapped[str] = mapped_column(String(32))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Visit(Model):
    """One attempt to ask the citizen: solved? the result? the attitude?"""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    round: Mapped[int]
    way: Mapped[VisitWay] = mapped_column(word(VisitWay))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    is_reached: Mapped[bool]
    is_solved: Mapped[bool | None]
    result_mark: Mapped[int | None]  # 1 (very dissatisfied) to 5 (very satisfied)
    attitude_mark: Mapped[int | None]
    efficiency_mark: Mapped[int | None]  # not always asked
    words: Mapped[str] = mapped_column(String(WORDS), default="")
    asks_redo: Mapped[bool] = mapped_column(default=False)
    exclusion: Mapped[str] = mapped_column(String(32), default="")
    suits: Mapped[Suits | None] = mapped_column(word(Suits))  # when he wants to be called
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Dispute(Model):
    """Units disagree whose duty it is; the hotline names one, at once or for the time being."""

    __tablename__ = "disputes"
    __table_args__ = (_of_what_is_left("ix_disputes_left", "settled_at", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    opinions: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    provisional_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Precedent(Model):
    """Whom the hotline named for such a matter in such a place; offered the next time."""

    __tablename__ = "precedents"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    category_code: Mapped[str] = mapped_column(String(8), index=True)
    county_code: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    basis: Mapped[str] = mapped_column(String(WORDS))
    decided_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class FollowUp(Model):
    """An urging, a supplement or a supervision: added to a ticket, moves nothing."""

    __tablename__ = "follow_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[FollowKind] = mapped_column(word(FollowKind))
    text: Mapped[str] = mapped_column(String(WORDS))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seen_by_unit_at: Mapped[datetime | None] = mapped_column(Moment)


class HandOver(Model):
    """Who follows a ticket up instead of its first contact; the first contact's name stays."""

    __tablename__ = "hand_overs"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))
