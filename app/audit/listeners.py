"""One table: which event becomes which line of the audit. A test sees that none is forgotten."""

from functools import partial

from app.accounts import events as accounts
from app.audit.events import AuditExported
from app.audit.line_contents import AuditRule
from app.audit.service import write_line
from app.call_queue import events as queue
from app.callers import events as callers
from app.calls import events as calls
from app.channels import events as channels
from app.core.events import Event, listen_within_save
from app.core.facts import FactRecorded
from app.handling import events as handling
from app.organisation import events as organisation
from app.recordings import events as recordings
from app.rules import events as rules
from app.tickets import events as tickets
from knowledge_base import events as knowledge

_own = partial(AuditRule, realm="accounts", subject_type="user", subject="user_id", actor="user_id")
_done_to = partial(AuditRule, realm="accounts", subject_type="user", subject="user_id")
_recording = partial(
    AuditRule, realm="recordings", subject_type="recording", subject="recording_id"
)
_call_recording = partial(AuditRule, realm="recordings", subject_type="call", subject="call_id")
_article = partial(
    AuditRule, realm="knowledge", subject_type="article", subject="article_id"
)  # fmt: skip
_number = partial(AuditRule, realm="channels", subject_type="number", subject="number_id")

_people = partial(AuditRule, realm="accounts", subject_type="user")
_code = partial(AuditRule, realm="rules", subject_type="code", subject="code")

_exclusion = partial(AuditRule, realm="rules", subject_type="exclusion", subject="code")

_agent = partial(AuditRule, realm="queue", subject_type="user", subject="agent_id")
_restriction = partial(
    AuditRule, realm="callers", subject_type="restriction", subject="restriction_id"
)

_caller = partial(AuditRule, realm="callers", subject_type="caller", subject="caller_id")

_worked_on = partial(
    AuditRule, realm="tickets", subject_type="ticket", subject="ticket_id", actor="by"
)

AUDITED: dict[type[Event], AuditRule] = {
    accounts.PersonAdded: _done_to(actor="added_by", kept=("role",)),
    accounts.UserSignedIn: _own(kept=("with_second_step", "address")),
    accounts.SignInFailed: _done_to(kept=("work_number", "reason", "address")),
    accounts.UserSignedOut: _own(),
    accounts.UserLocked: _done_to(kept=("locked_until",)),
    accounts.UserUnlocked: _done_to(actor="unlocked_by"),
    accounts.PasswordChanged: _done_to(actor="changed_by", kept=("is_reset",)),
    accounts.PersonEdited: _done_to(actor="edited_by", kept=("fields",)),
    accounts.PersonLeft: _done_to(actor="left_by"),
    accounts.PersonReturned: _done_to(actor="returned_by"),
    accounts.SessionsEnded: _done_to(actor="ended_by"),
    accounts.SecondStepReset: _done_to(actor="reset_by"),
    accounts.PeopleImported: _people(
        subject="imported_by", actor="imported_by", kept=("added", "changed")
    ),
    accounts.PeopleExported: _people(
        subject="exported_by", actor="exported_by", kept=("count", "is_masked")
    ),
    AuditExported: AuditRule(
        realm="audit",
        subject_type="user",
        subject="exported_by",
        actor="exported_by",
        kept=("lines",),
    ),
    rules.CodeAdded: _code(actor="added_by", kept=("code_list",)),
    rules.CodeEdited: _code(actor="edited_by", kept=("code_list", "fields")),
    rules.CodeEnded: _code(actor="ended_by", kept=("code_list", "at")),
    rules.CalendarYearLoaded: AuditRule(
        realm="rules",
        subject_type="calendar_year",
        subject="year",
        actor="loaded_by",
        kept=("days",),
    ),
    rules.RuleValueSet: AuditRule(
        realm="rules",
        subject_type="rule",
        subject="key",
        actor="set_by",
        kept=("value", "valid_from"),
    ),
    rules.OfficeHoursSet: AuditRule(
        realm="rules",
        subject_type="office_hours",
        subject="since",
        actor="set_by",
        kept=("sessions",),
    ),
    rules.ExclusionAdded: _exclusion(actor="added_by", kept=("valid_from",)),
    rules.ExclusionChanged: _exclusion(actor="changed_by", kept=("fields", "valid_from")),
    rules.ExclusionEnded: _exclusion(actor="ended_by", kept=("at",)),
    rules.ExclusionChangeTakenBack: _exclusion(actor="taken_back_by", kept=("valid_from",)),
    accounts.TotpEnabled: _own(),
    accounts.TotpDisabled: _own(),
    accounts.RecoveryCodeUsed: _own(kept=("left",)),
    accounts.SessionsRevoked: _done_to(kept=("epoch",)),
    knowledge.ArticleWritten: _article(actor="written_by"),
    knowledge.ArticleMoved: _article(actor="moved_by", kept=("old", "new")),
    callers.CallerRestricted: _restriction(actor="put_by", kept=("number", "until")),
    callers.CallerRestrictionLifted: _restriction(actor="lifted_by", kept=("number",)),
    callers.CallersMerged: _caller(actor="merged_by", kept=("change_id", "other_id", "reason")),
    callers.CallerSplit: _caller(actor="split_by", kept=("change_id", "other_id", "reason")),
    callers.CallerChangeUndone: _caller(actor="undone_by", kept=("change_id", "other_id")),
    callers.CallerEdited: _caller(actor="edited_by", kept=("fields",)),
    callers.CallerNumberAdded: _caller(actor="added_by", kept=("number",)),
    callers.CallerNumberRemoved: _caller(actor="removed_by", kept=("number",)),
    callers.CallerUnmasked: _caller(actor="unmasked_by", kept=("reason",)),
    callers.CallerForgotten: _caller(
        actor="forgotten_by", kept=("reason", "calls", "tickets", "recordings")
    ),
    queue.NotReadyTooLong: _agent(kept=("reason", "since")),
    queue.AbuseReported: _agent(actor="agent_id", kept=("call_id", "code", "break_until")),
    queue.StateForced: _agent(
        actor="forced_by", kept=("old", "new", "why_code", "why", "is_later")
    ),
    queue.SupervisionAsked: _agent(actor="asked_by", kept=("call_id", "mode")),
    queue.OfferFreed: _agent(actor="freed_by", kept=("offer_id", "call_id")),
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
    handling.TicketSigned: _worked_on(kept=("number", "unit_id", "by_itself")),
    handling.OpinionGiven: _worked_on(kept=("number", "unit_id")),
    handling.ReturnAsked: _worked_on(kept=("number", "unit_id", "proposed_unit_id")),
    handling.ReturnDecided: _worked_on(kept=("number", "unit_id", "agreed")),
    handling.TicketReferred: _worked_on(kept=("number", "dispatches")),
    handling.TicketDesignated: _worked_on(kept=("number", "lead_unit_id", "is_final")),
    handling.InfoAsked: _worked_on(kept=("number",)),
    handling.InfoGiven: _worked_on(kept=("number",)),
    handling.TimeAsked: _worked_on(kept=("number", "unit_id", "kind")),
    handling.TimeDecided: _worked_on(kept=("number", "unit_id", "kind", "agreed")),
    handling.TicketSuspended: _worked_on(kept=("number",)),
    handling.TicketResumed: _worked_on(kept=("number",)),
    handling.ContactLogged: _worked_on(kept=("number", "unit_id", "is_reached", "is_proven")),
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
    handling.ClockNearlyDue: _worked_on(kept=("number", "clock", "unit_id", "due_at")),
    handling.ClockRanOut: _worked_on(kept=("number", "clock", "unit_id", "due_at")),
    handling.ClockGivenRule: _worked_on(kept=("number", "clock", "old_limit", "new_limit")),
    handling.PrecedentEnded: _worked_on(kept=("number",)),
    organisation.LiaisonNoted: AuditRule(
        realm="organisation",
        subject_type="liaison",
        subject="liaison_id",
        actor="by",
        kept=("unit_id", "act"),
    ),
    handling.ClocksReckonedAnew: AuditRule(
        realm="tickets",
        subject_type="calendar_year",
        subject="clocks",
        kept=("clocks", "moved"),
    ),
    tickets.CallAddedToTicket: AuditRule(
        realm="tickets",
        subject_type="ticket",
        subject="ticket_id",
        actor="agent_id",
        kept=("number", "call_id"),
    ),
    recordings.RecordingPlayed: AuditRule(
        realm="recordings",
        subject_type="recording",
        subject="recording_id",
        actor="played_by",
        kept=("call_id",),
    ),
    channels.NumberRegistered: _number(actor="added_by", kept=("number",)),
    channels.NumberEdited: _number(actor="edited_by", kept=("fields",)),
    channels.NumberModeSet: _number(actor="set_by", kept=("mode", "valid_from")),
    channels.NumberStateSet: _number(actor="set_by", kept=("state", "valid_from")),
    channels.LandingAdded: _number(actor="added_by", kept=("landing_id",)),
    channels.LandingEnded: _number(actor="ended_by", kept=("landing_id", "at")),
    channels.RouteChanged: _number(actor="set_by", kept=("change_id", "effective_at")),
    channels.RouteChangeUndone: _number(actor="undone_by", kept=("change_id",)),
    channels.IntakeAlarmRaised: AuditRule(
        realm="channels",
        subject_type="intake_alarm",
        subject="alarm_id",
        kept=("kind", "sign", "exchange_id", "call_key"),
    ),
    recordings.RecordingHeld: _call_recording(actor="held_by", kept=("reason",)),
    recordings.RecordingHoldLifted: _call_recording(actor="lifted_by", kept=("reason",)),
    recordings.RecordingDeleted: _recording(kept=("call_id", "record_class", "keep_days")),
    recordings.RecordingFoundAltered: _recording(kept=("call_id",)),
    recordings.RecordingsSwept: AuditRule(
        realm="recordings",
        subject_type="recording_sweep",
        subject="sweep_id",
        kept=("kind", "faults"),
    ),
    calls.ExchangeLinkChanged: AuditRule(
        realm="telephony", subject_type="exchange", subject="exchange_id", kept=("is_up",)
    ),
    calls.ExchangeLagChanged: AuditRule(
        realm="telephony",
        subject_type="exchange",
        subject="exchange_id",
        kept=("lag", "event_age_ms"),
    ),
    calls.LedgerMended: AuditRule(
        realm="telephony",
        subject_type="exchange",
        subject="exchange_id",
        kept=("kind", "how_many"),
    ),
}

# The ledger of calls and presences keeps every move of these with its moment already; the rest
# are bells that only wake somebody.
NOT_AUDITED: frozenset[type[Event]] = frozenset(
    {
        FactRecorded,
        accounts.LanguageChosen,
        accounts.PhoneSecretRenewed,
        calls.CallEntered,
        calls.CallWaiting,
        calls.CallLeftAlone,
        calls.AgentRang,
        calls.CallAnswered,
        calls.RingFailed,
        calls.AgentLost,
        calls.TalkChanged,
        calls.PartyFact,
        handling.TicketFact,
        calls.PartyRang,
        calls.PartyTookCall,
        calls.PartyLeft,
        calls.CallTransferred,
        calls.CallHandedOver,
        calls.CallerChosen,
        calls.OutcomeMissing,
        calls.CallEnded,
        calls.OrderWished,
        calls.OrderTakenUp,
        calls.OrderRefused,
        calls.PhoneThere,
        calls.PhoneAway,
        queue.QueueChanged,
        queue.PresenceChanged,
        queue.CallClosed,
        queue.OfferMade,
        queue.OfferEnded,
        queue.DeskOpened,
        queue.DeskClosed,
        recordings.RecordingReceived,
    }
)


def register() -> None:
    """Listen to everything in the table, within the save."""
    for kind in AUDITED:
        listen_within_save(kind, _write)


def _write(event: Event) -> None:
    write_line(event, rule=AUDITED[type(event)])
