"""Facts about the life of a ticket. `by` is who acted; None stands for a deadline."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TicketFact(Event):
    """What every fact of this room tells."""

    ticket_id: int
    number: str
    by: int | None


@dataclass(frozen=True, kw_only=True)
class TicketDispatched(TicketFact):
    """A unit leads the ticket from now on."""

    name: ClassVar[str] = "ticket.dispatched"
    lead_unit_id: int
    assistant_ids: tuple[int, ...]
    nth: int


@dataclass(frozen=True, kw_only=True)
class TicketSentDown(TicketFact):
    """The lead works through a town or section below it."""

    name: ClassVar[str] = "ticket.sent_down"
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class UnitCalledIn(TicketFact):
    """The lead called in another unit, which gives its part to the lead by `due_at`."""

    name: ClassVar[str] = "ticket.unit_called_in"
    unit_id: int
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TicketSigned(TicketFact):
    """A unit has signed for its part, or its time to sign was over."""

    name: ClassVar[str] = "ticket.signed"
    unit_id: int
    by_itself: bool


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(TicketFact):
    """An assisting unit has said its part to the lead."""

    name: ClassVar[str] = "ticket.opinion_given"
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnAsked(TicketFact):
    """The lead says that the ticket is another's."""

    name: ClassVar[str] = "ticket.return_asked"
    unit_id: int
    proposed_unit_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnDecided(TicketFact):
    """A return was agreed to, or refused."""

    name: ClassVar[str] = "ticket.return_decided"
    unit_id: int
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class TicketReferred(TicketFact):
    """Whose duty it is will be decided by the hotline."""

    name: ClassVar[str] = "ticket.referred"
    dispatches: int


@dataclass(frozen=True, kw_only=True)
class TicketDesignated(TicketFact):
    """The hotline has named who handles."""

    name: ClassVar[str] = "ticket.designated"
    lead_unit_id: int
    is_final: bool


@dataclass(frozen=True, kw_only=True)
class IntakeApproved(TicketFact):
    """Somebody looked at it; it may be dispatched."""

    name: ClassVar[str] = "ticket.intake_approved"


@dataclass(frozen=True, kw_only=True)
class InfoAsked(TicketFact):
    """The dispatcher needs more from the caller."""

    name: ClassVar[str] = "ticket.info_asked"


@dataclass(frozen=True, kw_only=True)
class InfoGiven(TicketFact):
    """What was missing is there."""

    name: ClassVar[str] = "ticket.info_given"


@dataclass(frozen=True, kw_only=True)
class TimeAsked(TicketFact):
    """A unit asks for time."""

    name: ClassVar[str] = "ticket.time_asked"
    unit_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class TimeDecided(TicketFact):
    """Time was given, or not."""

    name: ClassVar[str] = "ticket.time_decided"
    unit_id: int
    kind: str
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class TicketSuspended(TicketFact):
    """The unit's clock stands still; the citizen's does not."""

    name: ClassVar[str] = "ticket.suspended"


@dataclass(frozen=True, kw_only=True)
class TicketResumed(TicketFact):
    """The unit's clock goes on."""

    name: ClassVar[str] = "ticket.resumed"


@dataclass(frozen=True, kw_only=True)
class ContactLogged(TicketFact):
    """Somebody spoke with the citizen, or tried to."""

    name: ClassVar[str] = "ticket.contact_logged"
    unit_id: int | None
    is_reached: bool
    is_proven: bool


@dataclass(frozen=True, kw_only=True)
class CallerAnswered(TicketFact):
    """The hotline has told the caller the reply."""

    name: ClassVar[str] = "ticket.caller_answered"


@dataclass(frozen=True, kw_only=True)
class TicketHandedIn(TicketFact):
    """The lead has handed in a result."""

    name: ClassVar[str] = "ticket.handed_in"
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class ResultSentBack(TicketFact):
    """A result did not hold."""

    name: ClassVar[str] = "ticket.sent_back"
    unit_id: int
    defect: str


@dataclass(frozen=True, kw_only=True)
class ResultApproved(TicketFact):
    """A result holds; the citizen will be asked."""

    name: ClassVar[str] = "ticket.result_approved"


@dataclass(frozen=True, kw_only=True)
class TicketVisited(TicketFact):
    """The citizen was asked, or not reached."""

    name: ClassVar[str] = "ticket.visited"
    is_reached: bool
    asks_redo: bool


@dataclass(frozen=True, kw_only=True)
class TicketClosed(TicketFact):
    """Nothing more is owed."""

    name: ClassVar[str] = "ticket.closed"
    is_visited: bool


@dataclass(frozen=True, kw_only=True)
class TicketSentAgain(TicketFact):
    """It is handled once more, in its next round."""

    name: ClassVar[str] = "ticket.sent_again"
    round: int
    lead_unit_id: int


@dataclass(frozen=True, kw_only=True)
class TicketMerged(TicketFact):
    """It follows another ticket; its caller still gets an answer."""

    name: ClassVar[str] = "ticket.merged"
    master_id: int


@dataclass(frozen=True, kw_only=True)
class TicketSplitOff(TicketFact):
    """It follows no other ticket any more."""

    name: ClassVar[str] = "ticket.split_off"
    master_id: int


@dataclass(frozen=True, kw_only=True)
class TicketWithdrawn(TicketFact):
    """The caller wants nothing more."""

    name: ClassVar[str] = "ticket.withdrawn"


@dataclass(frozen=True, kw_only=True)
class TicketVoided(TicketFact):
    """It was no demand."""

    name: ClassVar[str] = "ticket.voided"


@dataclass(frozen=True, kw_only=True)
class TicketArchived(TicketFact):
    """It can only be read from now on."""

    name: ClassVar[str] = "ticket.archived"


@dataclass(frozen=True, kw_only=True)
class FollowUpAdded(TicketFact):
    """An urging, a supplement or a supervision came."""

    name: ClassVar[str] = "ticket.follow_up_added"
    kind: str


@dataclass(frozen=True, kw_only=True)
class FollowUpHandedOver(TicketFact):
    """Somebody else follows it up; the first contact stays."""

    name: ClassVar[str] = "ticket.follow_up_handed_over"
    from_id: int
    to_id: int


@dataclass(frozen=True, kw_only=True)
class TicketRetyped(TicketFact):
    """It is another kind of demand than was written."""

    name: ClassVar[str] = "ticket.retyped"
    old_type: str
    new_type: str


@dataclass(frozen=True, kw_only=True)
class PersonKindCorrected(TicketFact):
    """Another kind of person asks than was written."""

    name: ClassVar[str] = "ticket.person_kind_corrected"
    old_kind: str
    new_kind: str


@dataclass(frozen=True, kw_only=True)
class CategoryAndPlaceCorrected(TicketFact):
    """It is another matter, or elsewhere, than was written; `fields`: names with blanks between.

    Regions are the smallest that are known; addresses are told to nobody.
    """

    name: ClassVar[str] = "ticket.category_and_place_corrected"
    fields: str
    old_category: str
    new_category: str
    old_region: str
    new_region: str


@dataclass(frozen=True, kw_only=True)
class TicketMarked(TicketFact):
    """It carries other flags and tags than before: these, codes with blanks between."""

    name: ClassVar[str] = "ticket.marked"
    flags: str
    tags: str


@dataclass(frozen=True, kw_only=True)
class ClockNearlyDue(TicketFact):
    """A clock of the ticket has gone yellow."""

    name: ClassVar[str] = "ticket.clock_nearly_due"
    clock: str
    unit_id: int | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockRanOut(TicketFact):
    """A clock of the ticket has run out."""

    name: ClassVar[str] = "ticket.clock_ran_out"
    clock: str
    unit_id: int | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockGivenRule(TicketFact):
    """A person gave a running clock another rule."""

    name: ClassVar[str] = "ticket.clock_given_rule"
    clock: str
    old_limit: str
    new_limit: str


@dataclass(frozen=True, kw_only=True)
class ClockFollowedCalendar(TicketFact):
    """A clock is due at another moment by the calendar it follows now; None: nobody knows it."""

    name: ClassVar[str] = "ticket.clock_followed_calendar"
    clock: str
    old_due_at: datetime | None
    new_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClocksReckonedAnew(Event):
    """Clocks that waited for a year, or that a person let follow the calendar, have followed it."""

    name: ClassVar[str] = "ticket_clocks.reckoned_anew"
    clocks: int
    moved: int
    by: int | None


@dataclass(frozen=True, kw_only=True)
class PrecedentEnded(TicketFact):
    """What was decided with this ticket for such matters is offered no more."""

    name: ClassVar[str] = "ticket.precedent_ended"
