"""One table: which event becomes which line of the audit. A test sees that none is forgotten."""

from functools import partial

from app.accounts import events as accounts
from app.audit.events import AuditExported
from app.audit.line_contents import AuditRule
from app.audit.service import write_line
from app.audit.ticket_rules import OF_TICKETS
from app.call_queue import events as queue
from app.callers import events as callers
from app.calls import events as calls
from app.channel_entries import events as entries
from app.channels import events as channels
from app.core.events import Event, listen_within_save
from app.core.facts import FactsRecorded
from app.duty_roster import events as roster
from app.handling import events as handling
from app.keeping import events as keeping
from app.measures import events as figures
from app.notifications import events as notifications
from app.organisation import events as organisation
from app.privacy import events as privacy
from app.recordings import events as recordings
from app.results import events as results
from app.rules import events as rules
from app.text_intake import events as texts
from knowledge_base import events as knowledge

_report = partial(AuditRule, realm="figures", subject_type="figure_report", subject="report_id")
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

_channel = partial(AuditRule, realm="channels", subject_type="channel", subject="channel_id")
_case = partial(AuditRule, realm="channels", subject_type="ticket", subject="ticket_id")

_message = partial(AuditRule, realm="texts", subject_type="message", subject="message_id")

_people = partial(AuditRule, realm="accounts", subject_type="user")
_code = partial(AuditRule, realm="rules", subject_type="code", subject="code")

_exclusion = partial(AuditRule, realm="rules", subject_type="exclusion", subject="code")

_urgency = partial(AuditRule, realm="rules", subject_type="urgency_word", subject="word")
_category = partial(AuditRule, realm="rules", subject_type="category", subject="code")
_types = partial(AuditRule, realm="rules", subject_type="request_types", subject="code")
_place = partial(AuditRule, realm="organisation", subject_type="place", subject="place_id")

_agent = partial(AuditRule, realm="queue", subject_type="user", subject="agent_id")
_restriction = partial(
    AuditRule, realm="callers", subject_type="restriction", subject="restriction_id"
)

_caller = partial(AuditRule, realm="callers", subject_type="caller", subject="caller_id")

_message = partial(AuditRule, realm="notifications", subject_type="message", subject="message_id")
_roster = partial(AuditRule, realm="roster", subject_type="unit", subject="unit_id")

AUDITED: dict[type[Event], AuditRule] = {
    **OF_TICKETS,
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
    rules.BrandSet: AuditRule(
        realm="rules",
        subject_type="brand",
        subject="name_zh",
        actor="set_by",
        kept=("name_en", "has_logo", "valid_from"),
    ),
    rules.RetentionLengthSet: AuditRule(
        realm="rules",
        subject_type="retention",
        subject="record_class",
        actor="set_by",
        kept=("keep_days", "was_days", "valid_from"),
    ),
    rules.OfficeHoursSet: AuditRule(
        realm="rules",
        subject_type="office_hours",
        subject="since",
        actor="set_by",
        kept=("sessions",),
    ),
    rules.RegionDaySet: AuditRule(
        realm="rules",
        subject_type="region_day",
        subject="day",
        actor="set_by",
        kept=("region_code", "kind", "why"),
    ),
    rules.ExclusionAdded: _exclusion(actor="added_by", kept=("valid_from",)),
    rules.ExclusionChanged: _exclusion(actor="changed_by", kept=("fields", "valid_from")),
    rules.ExclusionEnded: _exclusion(actor="ended_by", kept=("at",)),
    rules.ExclusionChangeTakenBack: _exclusion(actor="taken_back_by", kept=("valid_from",)),
    rules.UrgencyWordAdded: _urgency(actor="added_by", kept=("valid_from",)),
    rules.UrgencyWordEnded: _urgency(actor="ended_by", kept=("at",)),
    rules.CategoryAdded: _category(actor="added_by", kept=("valid_from",)),
    rules.CategoryChanged: _category(actor="changed_by", kept=("fields", "valid_from")),
    rules.CategoryEnded: _category(actor="ended_by", kept=("at",)),
    rules.CategoryChangeTakenBack: _category(actor="taken_back_by", kept=("valid_from",)),
    rules.TypeVersionPlanned: _types(actor="planned_by", kept=("valid_from",)),
    rules.TypeVersionTakenBack: _types(actor="taken_back_by"),
    rules.TypesMapped: AuditRule(
        realm="rules",
        subject_type="request_types",
        subject="from_version",
        actor="mapped_by",
        kept=("to_version", "types"),
    ),
    organisation.PlaceAdded: _place(actor="added_by", kept=("place",)),
    organisation.PlaceChanged: _place(actor="changed_by", kept=("place", "fields")),
    organisation.PlaceRetired: _place(actor="retired_by", kept=("place",)),
    organisation.PlaceRestored: _place(actor="restored_by", kept=("place",)),
    organisation.PlaceProposalRejected: AuditRule(
        realm="organisation",
        subject_type="place_proposal",
        subject="proposal_id",
        actor="rejected_by",
        kept=("place",),
    ),
    organisation.PlacesImported: AuditRule(
        realm="organisation",
        subject_type="user",
        subject="imported_by",
        actor="imported_by",
        kept=("added", "changed"),
    ),
    accounts.TotpEnabled: _own(),
    accounts.TotpDisabled: _own(),
    accounts.RecoveryCodeUsed: _own(kept=("left",)),
    accounts.SessionsRevoked: _done_to(kept=("epoch",)),
    knowledge.ArticleWritten: _article(actor="written_by"),
    knowledge.ArticleMoved: _article(actor="moved_by", kept=("old", "new")),
    callers.CallerRestricted: _restriction(actor="put_by", kept=("number", "until")),
    callers.CallerRestrictionLifted: _restriction(actor="lifted_by", kept=("number",)),
    callers.MisuseMarked: AuditRule(
        realm="callers",
        subject_type="misuse_mark",
        subject="mark_id",
        actor="marked_by",
        kept=("call_id",),
    ),
    callers.MisuseDecided: AuditRule(
        realm="callers",
        subject_type="misuse_mark",
        subject="mark_id",
        actor="decided_by",
        kept=("call_id", "decision"),
    ),
    callers.EvidenceTaken: AuditRule(
        realm="callers",
        subject_type="misuse_mark",
        subject="mark_id",
        actor="taken_by",
        kept=("reason", "reference", "sha256", "files"),
    ),
    callers.AppealReceived: _restriction(actor="received_by", kept=("appeal_id",)),
    callers.AppealDecided: _restriction(actor="decided_by", kept=("appeal_id", "decision")),
    callers.CallersMerged: _caller(actor="merged_by", kept=("change_id", "other_id", "reason")),
    callers.CallerSplit: _caller(actor="split_by", kept=("change_id", "other_id", "reason")),
    callers.CallerChangeUndone: _caller(actor="undone_by", kept=("change_id", "other_id")),
    callers.CallerEdited: _caller(actor="edited_by", kept=("fields",)),
    callers.CallerNumberAdded: _caller(actor="added_by", kept=("number",)),
    callers.CallerNumberRemoved: _caller(actor="removed_by", kept=("number",)),
    privacy.DataUnmasked: AuditRule(
        realm="privacy",
        subject_type="personal_data",
        subject="subject_id",
        actor="unmasked_by",
        kept=("subject_kind", "reason_code", "reason", "until"),
    ),
    keeping.RecordsDeleted: AuditRule(
        realm="rules",
        subject_type="retention",
        subject="record_class",
        kept=("rows", "before", "keep_days", "held"),
    ),
    callers.CallerForgotten: _caller(
        actor="forgotten_by", kept=("reason", "calls", "tickets", "recordings")
    ),
    queue.NotReadyTooLong: _agent(kept=("reason", "since")),
    queue.AbuseReported: _agent(actor="agent_id", kept=("call_id", "code", "break_until")),
    queue.StateForced: _agent(
        actor="forced_by", kept=("old", "new", "why_code", "why", "is_later")
    ),
    queue.SupervisionAsked: _agent(actor="asked_by", kept=("call_id", "mode")),
    queue.OfferFreed: _agent(actor="freed_by", kept=("offer_id", "call_id", "why_code", "why")),
    entries.ChannelAdded: _channel(actor="added_by", kept=("code",)),
    entries.ChannelEdited: _channel(actor="edited_by", kept=("fields",)),
    entries.ChannelModeSet: _channel(actor="set_by", kept=("mode", "valid_from")),
    entries.ChannelStateSet: _channel(actor="set_by", kept=("state", "valid_from")),
    entries.CaseEntered: _case(actor="entered_by", kept=("channel_id", "case_id")),
    entries.CaseNoted: _case(actor="noted_by", kept=("case_id",)),
    entries.CaseSettled: _case(actor="settled_by", kept=("case_id",)),
    entries.SheetTakenOver: _channel(actor="taken_by", kept=("added", "changed")),
    texts.MessageArrived: _message(kept=("channel_id",)),
    texts.MessageTaken: _message(actor="taken_by"),
    texts.MessageGivenBack: _message(actor="given_back_by"),
    texts.MessageAnswered: _message(actor="answered_by", kept=("line_id",)),
    texts.MessageMadeTicket: _message(actor="made_by", kept=("ticket_id",)),
    texts.MessageClosed: _message(actor="closed_by", kept=("reason",)),
    texts.MessageRead: _message(actor="read_by"),
    results.ResultsListed: _people(subject="listed_by", actor="listed_by", kept=("asked", "shown")),
    figures.FormulaSet: AuditRule(
        realm="figures",
        subject_type="formula",
        subject="formula",
        actor="set_by",
        kept=("version", "valid_from"),
    ),
    figures.FiguresOpened: _report(actor="opened_by"),
    figures.FiguresTakenBack: _report(actor="taken_back_by"),
    figures.FiguresPublished: _report(actor="published_by", kept=("formulas_version",)),
    figures.FiguresObjected: _report(actor="objected_by", kept=("formula",)),
    figures.FiguresObjectionDecided: _report(actor="decided_by", kept=("formula", "is_accepted")),
    figures.FiguresExported: AuditRule(
        realm="figures",
        subject_type="user",
        subject="exported_by",
        actor="exported_by",
        kept=("first_day",),
    ),
    organisation.LiaisonNoted: AuditRule(
        realm="organisation",
        subject_type="liaison",
        subject="liaison_id",
        actor="by",
        kept=("unit_id", "act"),
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
    notifications.MessageDied: _message(kept=("way", "why", "ticket_id")),
    notifications.MessageRetried: _message(actor="retried_by"),
    notifications.MessageGivenUp: _message(actor="given_up_by"),
    notifications.MessageTextSet: AuditRule(
        realm="notifications",
        subject_type="message_text",
        subject="template",
        actor="set_by",
        kept=("language", "valid_from"),
    ),
    roster.DutyPersonSet: _roster(actor="set_by", kept=("person_id", "fields")),
    roster.DutyPersonRemoved: _roster(actor="removed_by", kept=("person_id",)),
    roster.DutyPlanned: _roster(
        actor="planned_by", kept=("person_id", "part", "begins_at", "ends_at")
    ),
    roster.DutyTakenOut: _roster(actor="taken_out_by", kept=("person_id", "part", "begins_at")),
    roster.DutyWeekCopied: _roster(actor="copied_by", kept=("since", "spells")),
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
        FactsRecorded,
        accounts.LanguageChosen,
        accounts.PhoneSecretRenewed,
        calls.CallEntered,
        calls.CallWaiting,
        calls.CallLeftAlone,
        calls.AgentRang,
        calls.CallAnswered,
        calls.CitizenReached,
        calls.RingFailed,
        calls.AgentLost,
        calls.TalkChanged,
        calls.PartyFact,
        handling.TicketFact,
        notifications.MessageSent,
        notifications.MessageDelivered,
        notifications.MessageWithheld,
        calls.PartyRang,
        calls.PartyTookCall,
        calls.PartyLeft,
        calls.CallTransferred,
        calls.CallHandedOver,
        calls.CallerChosen,
        calls.OutcomeMissing,
        calls.CallEnded,
        calls.CallsErased,  # each ticket of theirs has its line
        calls.OrderWished,
        calls.OrderTakenUp,
        calls.OrderRefused,
        calls.PhoneThere,
        calls.PhoneAway,
        queue.QueueChanged,
        queue.PresenceChanged,
        queue.CallClosed,
        queue.LeftGoingTooLong,
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
