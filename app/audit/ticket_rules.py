"""What the audit keeps of tickets and of the work on them."""

from functools import partial

from app.audit.line_contents import AuditRule
from app.core.events import Event
from app.handling import events as handling
from app.results import events as results
from app.tickets import events as tickets

_worked_on = partial(
    AuditRule, realm="tickets", subject_type="ticket", subject="ticket_id", actor="by"
)
_ticket = partial(AuditRule, realm="tickets", subject_type="ticket", subject="ticket_id")

OF_TICKETS: dict[type[Event], AuditRule] = {
    tickets.EnquiryRecorded: AuditRule(
        realm="tickets",
        subject_type="enquiry_record",
        subject="record_id",
        actor="agent_id",
        kept=("call_id",),
    ),
    tickets.TicketOpened: AuditRule(
        realm="tickets",
        subject_type="ticket",
        subject="ticket_id",
        actor="opened_by",
        kept=("number", "call_id"),
    ),
    handling.TicketDispatched: _worked_on(kept=("number", "lead_unit_id", "nth")),
    handling.TicketSentDown: _worked_on(kept=("number", "unit_id")),
    handling.UnitCalledIn: _worked_on(kept=("number", "unit_id", "due_at")),
    handling.TicketSigned: _worked_on(kept=("number", "unit_id", "by_itself")),
    handling.OpinionGiven: _worked_on(kept=("number", "unit_id")),
    handling.ReturnAsked: _worked_on(kept=("number", "unit_id", "proposed_unit_id")),
    handling.ReturnDecided: _worked_on(kept=("number", "unit_id", "agreed")),
    handling.TicketReferred: _worked_on(kept=("number", "dispatches")),
    handling.TicketDesignated: _worked_on(kept=("number", "lead_unit_id", "is_final")),
    handling.IntakeApproved: _worked_on(kept=("number",)),
    handling.InfoAsked: _worked_on(kept=("number",)),
    handling.InfoGiven: _worked_on(kept=("number",)),
    handling.TimeAsked: _worked_on(kept=("number", "unit_id", "kind")),
    handling.TimeDecided: _worked_on(kept=("number", "unit_id", "kind", "agreed")),
    handling.TicketSuspended: _worked_on(kept=("number",)),
    handling.TicketResumed: _worked_on(kept=("number",)),
    handling.ContactLogged: _worked_on(kept=("number", "unit_id", "is_reached", "is_proven")),
    handling.CallerAnswered: _worked_on(kept=("number",)),
    handling.TicketHandedIn: _worked_on(kept=("number", "unit_id")),
    handling.ResultSentBack: _worked_on(kept=("number", "unit_id", "defect")),
    handling.ResultApproved: _worked_on(kept=("number",)),
    handling.TicketVisited: _worked_on(kept=("number", "is_reached", "asks_redo")),
    handling.TicketClosed: _worked_on(kept=("number", "is_visited")),
    handling.TicketSentAgain: _worked_on(kept=("number", "round", "lead_unit_id")),
    handling.TicketMerged: _worked_on(kept=("number", "master_id")),
    handling.TicketSplitOff: _worked_on(kept=("number", "master_id")),
    handling.TicketWithdrawn: _worked_on(kept=("number",)),
    handling.TicketVoided: _worked_on(kept=("number",)),
    handling.TicketArchived: _worked_on(kept=("number",)),
    handling.FollowUpAdded: _worked_on(kept=("number", "kind")),
    handling.FollowUpHandedOver: _worked_on(kept=("number", "from_id", "to_id")),
    handling.TicketRetyped: _worked_on(kept=("number", "old_type", "new_type")),
    handling.PersonKindCorrected: _worked_on(kept=("number", "old_kind", "new_kind")),
    handling.CategoryAndPlaceCorrected: _worked_on(
        kept=("number", "fields", "old_category", "new_category", "old_region", "new_region")
    ),
    handling.TicketMarked: _worked_on(kept=("number", "flags", "tags")),
    handling.ClockNearlyDue: _worked_on(kept=("number", "clock", "unit_id", "due_at")),
    handling.ClockRanOut: _worked_on(kept=("number", "clock", "unit_id", "due_at")),
    handling.ClockGivenRule: _worked_on(kept=("number", "clock", "old_limit", "new_limit")),
    handling.ClockFollowedCalendar: _worked_on(
        kept=("number", "clock", "old_due_at", "new_due_at")
    ),
    handling.PrecedentEnded: _worked_on(kept=("number",)),
    handling.ClocksReckonedAnew: AuditRule(
        realm="tickets",
        subject_type="calendar_year",
        subject="clocks",
        actor="by",
        kept=("clocks", "moved"),
    ),
    tickets.CallAddedToTicket: AuditRule(
        realm="tickets",
        subject_type="ticket",
        subject="ticket_id",
        actor="agent_id",
        kept=("number", "call_id"),
    ),
    tickets.OutsideNumberAdded: AuditRule(
        realm="tickets",
        subject_type="ticket",
        subject="ticket_id",
        actor="added_by",
        kept=("kind", "outside_number"),
    ),
    tickets.OutsideNumberRemoved: AuditRule(
        realm="tickets",
        subject_type="ticket",
        subject="ticket_id",
        actor="removed_by",
        kept=("kind", "outside_number"),
    ),
    tickets.TicketHeld: _ticket(actor="held_by", kept=("number", "reason", "until")),
    tickets.TicketHoldLifted: _ticket(actor="lifted_by", kept=("number", "reason")),
    tickets.TicketErased: _ticket(kept=("number", "keep_days")),
    tickets.EnteredTicketCorrected: _ticket(actor="corrected_by", kept=("number", "fields")),
    tickets.TicketHandedToHotline: _ticket(actor="handed_by", kept=("number",)),
    tickets.TicketClosedByChannel: _ticket(actor="closed_by", kept=("number",)),
    tickets.TicketExportAsked: AuditRule(
        realm="tickets",
        subject_type="ticket_export",
        subject="export_id",
        actor="asked_by",
        kept=("sheet_kind",),
    ),
    tickets.TicketExportEnded: AuditRule(
        realm="tickets",
        subject_type="ticket_export",
        subject="export_id",
        actor="ended_by",
        kept=("ending", "rows"),
    ),
    results.ResultRead: _ticket(actor="read_by", kept=("number",)),
}
