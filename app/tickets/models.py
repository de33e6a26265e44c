"""Tables of tickets, enquiry records and the drafts they grow from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.privacy.levels import PrivacyLevel
from app.tickets.check_codes import new_check_code
from app.tickets.export_states import ExportState, SheetKind
from app.tickets.outside_kinds import OutsideKind
from app.tickets.person_details import AgeGroup, Gender, PersonKind, SpecialGroup
from app.tickets.spots import CoordinatesSource, Spot, coordinates_text
from app.tickets.ticket_states import (
    EnquiryResult,
    EntryMode,
    TicketState,
    Urgency,
)

LISTED = (
    "id",
    "opened_at",
    "number",
    "state",
    "request_type",
    "urgency",
    "privacy",
    "category_code",
    "county_code",
    "town_code",
    "lead_unit_id",
    "first_contact_id",
    "respondent_unit_id",
    "channel_id",
    "closed_at",
    "due_at",
)
"""What a list can be narrowed by: the indexes of its orders carry it, so no ticket is read."""


class Ticket(Model):
    """A promise of work. `first_contact_id` is who took it first; it is never overwritten."""

    __tablename__ = "tickets"
    # What a channel calls its case is that channel's: the same number twice is the same case.
    __table_args__ = (
        UniqueConstraint("channel_id", "source_no"),
        Index("ix_tickets_alike", "category_code", "county_code", "opened_at"),
        Index("ix_tickets_listed", "opened_at", "id", postgresql_include=LISTED[2:]),
        Index(
            "ix_tickets_owed",
            "due_at",
            "id",
            postgresql_include=[name for name in LISTED[1:] if name != "due_at"],
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_tickets_closed_late",
            "opened_at",
            "id",
            postgresql_include=LISTED[2:],
            postgresql_where=text("closed_at - opened_at > interval '45 days'"),
        ),
        # What comes to its end some day: the daily round asks for the oldest, and for nothing else.
        Index(
            "ix_tickets_still_kept",
            "closed_at",
            "id",
            postgresql_where=text("erased_at IS NULL"),
            sqlite_where=text("erased_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[TicketState] = mapped_column(word(TicketState), index=True)
    # A code of the dictionary that held when it was opened (app.rules.type_versions).
    request_type: Mapped[str] = mapped_column(String(32))
    urgency: Mapped[Urgency] = mapped_column(word(Urgency))
    title: Mapped[str] = mapped_column(String(50))
    content: Mapped[str] = mapped_column(Text)
    # Of the five elements (domain rules 1.9): when it was, whom it is about, what is wanted.
    occurred: Mapped[str] = mapped_column(String(100), default="")
    respondent: Mapped[str] = mapped_column(String(100), default="")
    demand: Mapped[str] = mapped_column(String(500), default="")
    category_code: Mapped[str] = mapped_column(String(8))
    county_code: Mapped[str] = mapped_column(String(16))
    town_code: Mapped[str | None] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    # The entry of the gazetteer that was chosen, or that the address names.
    place_id: Mapped[int | None] = mapped_column(ForeignKey("gazetteer_places.id"))
    # The grid (网格) that the place belongs to, as the grid's own system calls it.
    grid: Mapped[str] = mapped_column(String(40), default="")
    # Degrees, CGCS2000 (`spots`); both or neither.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    coordinates_source: Mapped[CoordinatesSource | None] = mapped_column(word(CoordinatesSource))
    # What was promised to the caller (app.privacy.levels says what each reader sees then).
    privacy: Mapped[PrivacyLevel] = mapped_column(
        word(PrivacyLevel), default=PrivacyLevel.ORDINARY, index=True
    )
    # The caller gave no name and wants no call back: neither name nor number is kept here.
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    # The unit complained about: it is kept out (app.tickets.recusal).
    respondent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    # What in the text called for haste, and why the agent did not follow it.
    urgency_words: Mapped[str] = mapped_column(String(200), default="")
    urgency_reason: Mapped[str] = mapped_column(String(200), default="")
    # Codes of `ticket_flags`, and of the city's list of tags; a list is put in place of a list.
    flags: Mapped[list[str]] = mapped_column(Json, default=list)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    # Where it came from (domain rules 2.1): how, by which channel of the register, and the number
    # that the channel gave it. None: it came by telephone.
    entry_mode: Mapped[EntryMode] = mapped_column(word(EntryMode), default=EntryMode.CALL)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("entry_channels.id"), index=True)
    source_no: Mapped[str | None] = mapped_column(String(64))
    # The channel handles it itself, and closes it; the hotline only shows and counts it.
    is_channels_own: Mapped[bool] = mapped_column(default=False)
    # Told with the number; whoever asks for the progress says both (ADR 0028).
    check_code: Mapped[str] = mapped_column(String(8), default=new_check_code)
    # Several demands of one call: all but the first name the first.
    sibling_of_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    once_key: Mapped[str | None] = mapped_column(String(96), unique=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    legacy_number_id: Mapped[int | None] = mapped_column(ForeignKey("legacy_numbers.id"))
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("callers.id"), index=True)
    caller_name: Mapped[str] = mapped_column(String(40))
    calling_number: Mapped[str] = mapped_column(String(32), index=True)
    contact_number: Mapped[str] = mapped_column(String(32), index=True)
    # Of the person and the matter (2.1), what not every demand needs; None and "": not said.
    person_kind: Mapped[PersonKind | None] = mapped_column(word(PersonKind))
    # Of a resident identity card; shown masked to everybody (app.tickets.identity_numbers).
    identity_number: Mapped[str] = mapped_column(String(18), default="")
    gender: Mapped[Gender | None] = mapped_column(word(Gender))
    age_group: Mapped[AgeGroup | None] = mapped_column(word(AgeGroup))
    organisation_name: Mapped[str] = mapped_column(String(100), default="")
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    special_group: Mapped[SpecialGroup | None] = mapped_column(word(SpecialGroup))
    callback_wanted: Mapped[bool | None]
    best_time: Mapped[str] = mapped_column(String(60), default="")
    consent_public: Mapped[bool | None]
    people_count: Mapped[int | None]
    # whole yuan
    amount: Mapped[int | None] = mapped_column(BigInteger)
    first_contact_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    # Its time was over: nothing is left that leads to a person, and no words; it still counts.
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    # The one it was merged into; its caller still gets an answer of his own.
    master_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    # Which time it is handled: a redo begins the next round.
    round: Mapped[int] = mapped_column(default=1)
    # Copies, so that a list need not ask: who leads now, and by when the citizen is promised.
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it as it is

    @property
    def coordinates(self) -> str:
        """Return the coordinates as they are typed; "" for none."""
        return coordinates_text(self.latitude, self.longitude)

    def place_at(self, spot: Spot) -> None:
        """Say where exactly it is."""
        self.latitude, self.longitude = spot.latitude, spot.longitude
        self.coordinates_source = spot.coordinates_source

    @hybrid_property
    def is_confidential(self) -> bool:
        """Say whether the strictest promise holds: name, number and address stay with us."""
        return self.privacy is PrivacyLevel.CONFIDENTIAL

    @is_confidential.inplace.expression
    @classmethod
    def _is_confidential(cls) -> ColumnElement[bool]:
        return cls.privacy == PrivacyLevel.CONFIDENTIAL


class TicketHold(Model):
    """A ticket and what belongs to it must not be deleted, and why; until a day, or until lifted.

    A hold is never changed: to hold for longer, another one is set.
    """

    __tablename__ = "ticket_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    until: Mapped[datetime | None] = mapped_column(Moment)
    set_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    lift_reason: Mapped[str] = mapped_column(String(500), default="")
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketStep(Model):
    """One step of a ticket's life: who did what, for which unit, from where to where.

    `carried` keeps what came with the act, as codes, ids and words; a step is never changed.
    """

    __tablename__ = "ticket_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    act: Mapped[str] = mapped_column(String(32), default="open")
    old: Mapped[TicketState | None] = mapped_column(word(TicketState, name="old"))
    new: Mapped[TicketState] = mapped_column(word(TicketState, name="new"))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    carried: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class OutsideNumber(Model):
    """What another system calls the same ticket; a ticket has as many as it came through (2.2)."""

    __tablename__ = "outside_numbers"
    __table_args__ = (
        UniqueConstraint("ticket_id", "kind", "searched"),
        # beginnings are looked up: an index in the order of a language does not find them
        Index(
            "ix_outside_numbers_begins",
            "searched",
            postgresql_ops={"searched": "varchar_pattern_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[OutsideKind] = mapped_column(word(OutsideKind))
    number: Mapped[str] = mapped_column(String(64))
    # the number as it is looked up: capitals, nothing between the signs
    searched: Mapped[str] = mapped_column(String(64), index=True)
    added_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)


class TicketListRow(Model):
    """What lists look through instead of the tickets themselves; derived, made anew at any time.

    `words` is the folded text (`search_words`), `marks` what PostgreSQL's index finds it by: its
    characters, pairs of them, and a mark for each filter (`list_wanted`). SQLite reads `words`.
    """

    __tablename__ = "ticket_list_rows"
    __table_args__ = (
        Index("ix_ticket_list_rows_opened", "opened_at", "ticket_id"),
        Index("ix_ticket_list_rows_due", "due_at", "ticket_id"),
        Index("ix_ticket_list_rows_marks", "marks", postgresql_using="gin"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(24))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    # Only of what is still owed: by when.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class TicketView(Model):
    """A choice of filters under a name: its owner's, or everybody's where it is shared."""

    __tablename__ = "ticket_views"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    chosen: Mapped[dict[str, Any]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    # What its owner's list opens with.
    is_first: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class TicketExport(Model):
    """A list that is taken out as a file: what of, how far it is, how it ended."""

    __tablename__ = "ticket_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[SheetKind] = mapped_column(word(SheetKind))
    # Filters as in an address, or the chosen tickets one by one.
    chosen: Mapped[dict[str, Any]] = mapped_column(Json)
    ticket_ids: Mapped[list[int] | None] = mapped_column(Json)
    state: Mapped[ExportState] = mapped_column(word(ExportState))
    rows_written: Mapped[int] = mapped_column(default=0)
    rows_expected: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketCall(Model):
    """A later call about a ticket that was there already: the same matter, no new ticket."""

    __tablename__ = "ticket_calls"
    __table_args__ = (UniqueConstraint("ticket_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class ReservedNumber(Model):
    """A ticket number given to an agent's browser, for when it finishes one without the server."""

    __tablename__ = "reserved_ticket_numbers"

    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # The name that the browser gave itself: what it tells a caller no other one may tell another.
    machine: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    reserved_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketSequence(Model):
    """How many tickets a day has had."""

    __tablename__ = "ticket_sequences"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class EnquiryRecord(Model):
    """A call answered at once: what it was about, the article used, how it ended."""

    __tablename__ = "enquiry_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    category_code: Mapped[str | None] = mapped_column(String(8))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    result: Mapped[EnquiryResult] = mapped_column(word(EnquiryResult))
    # Why it is not taken up (domain rules 1.3), what the caller was told, and whether he objects.
    exclusion_code: Mapped[str] = mapped_column(String(8), default="")
    told_where: Mapped[str] = mapped_column(String(200))
    told_words: Mapped[str] = mapped_column(String(1000), default="")
    caller_objects: Mapped[bool] = mapped_column(default=False)
    transfer_to: Mapped[str] = mapped_column(String(100), default="")
    once_key: Mapped[str | None] = mapped_column(String(96), unique=True)
    note: Mapped[str] = mapped_column(Text)
    caller_name: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(Moment)


class CallDraft(Model):
    """What the agent has typed so far about a call; versioned so that no tab undoes another."""

    __tablename__ = "call_drafts"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Moment)
