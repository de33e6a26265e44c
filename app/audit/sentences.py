"""Tells a line of the audit as a sentence, in the language of whoever reads.

A kind of event has its sentence `audit_said.<kind>`; one that has none yet is told by who, what and
to what. Codes and moments in it are put into words; telephone numbers were masked when the line was
written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask_babel import gettext

from app.accounts import service as accounts
from app.audit.models import AuditLine
from app.channels import service as channels
from app.core.formatting import moment
from app.core.languages import current_language
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList

MOMENTS = frozenset(
    {"at", "valid_from", "effective_at", "locked_until", "until", "since", "break_until"}
) | {"begins_at", "ends_at", "old_due_at", "new_due_at"}
SAYS_ITSELF = frozenset({"calendar_year", "office_hours", "region_day", "formula"})
"""What is named by itself: a year, a day, a code."""

NAMED_BY: Mapping[str, str] = {
    "message_text": "notifications.text_",
    "rule": "rules.",
    "retention": "retention.class_",
}
"""How the key begins under which the catalogue names what a line is about."""
NOTHING = "\u2013"
Word = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line for people."""

    line: AuditLine
    actor: str
    sentence: str


def tell(lines: Sequence[AuditLine]) -> list[Told]:
    """Return the lines as sentences; people and numbers are looked up once for all of them."""
    ids = {line.actor_id for line in lines if line.actor_id is not None}
    ids |= {int(line.subject_id) for line in lines if _is_user(line)}
    person = "{} ({})" if current_language() == "en" else "{}\uff08{}\uff09"
    people = {
        user_id: person.format(user.name, user.work_number)
        for user_id, user in accounts.people(ids).items()
    }
    numbers = {str(line.id): f"{line.number} {line.name}" for line in channels.list_numbers()}
    return [_told(line, people, numbers) for line in lines]


def has_words(kind: str) -> bool:
    """Say whether a kind of event has a sentence of its own."""
    key = f"audit_said.{kind}"
    return str(gettext(key)) != key


def _told(line: AuditLine, people: Mapping[int, str], numbers: Mapping[str, str]) -> Told:
    actor = people.get(line.actor_id or 0, gettext("audit.system"))
    subject = _subject(line, people, numbers)
    filled = {name: _word(line, name, value) for name, value in line.data.items()}
    filled = {**filled, **_because(filled), "actor": actor, "subject": subject}
    key = f"audit_said.{line.kind}"
    try:
        sentence = str(gettext(key, **filled))
    except (KeyError, TypeError, ValueError):
        sentence = key  # a line from before this sentence lacks a value
    if sentence == key:
        deed = gettext(line.summary)
        sentence = gettext("audit.said_plainly", actor=actor, deed=deed, subject=subject)
    return Told(line=line, actor=actor, sentence=sentence)


def _because(filled: Mapping[str, str]) -> dict[str, str]:
    """A reason of a list and what was written besides are told as one; either may be missing."""
    if "why_code" not in filled:
        return {}
    parts = (filled["why_code"], filled.get("why", NOTHING))
    return {"why": " · ".join(each for each in parts if each != NOTHING) or NOTHING}


def _is_user(line: AuditLine) -> bool:
    return line.subject_type == "user" and line.subject_id.isdigit()


def _subject(line: AuditLine, people: Mapping[int, str], numbers: Mapping[str, str]) -> str:
    if line.subject_type == "user":
        found = people.get(int(line.subject_id)) if _is_user(line) else None
        return found or gettext("audit.nobody_known")
    if line.subject_type == "number":
        return numbers.get(line.subject_id, line.subject_id)
    if line.subject_type == "code":
        return _code(str(line.data.get("code_list", "")), line.subject_id)
    if line.subject_type == "unit" and line.subject_id.isdigit():
        return _unit(int(line.subject_id))
    if line.subject_type in NAMED_BY:
        return _known(NAMED_BY[line.subject_type], line.subject_id)
    if line.subject_type in SAYS_ITSELF:
        return line.subject_id
    return f"{gettext(f'audit.subject_{line.subject_type}')} {line.subject_id}".strip()


def _code(code_list: str, code: str) -> str:
    try:
        words = code_register.get_code(CodeList(code_list), code).words
    except (ValueError, code_register.UnknownCode):
        return code
    return words.name_en if current_language() == "en" else words.name_zh


def _unit(unit_id: int) -> str:
    try:
        return organisation.get_unit(unit_id).name
    except organisation.UnknownUnit:
        return str(unit_id)


def _region(code: str) -> str:
    try:
        return organisation.region_path(code)
    except organisation.UnknownRegion:
        return code


def _known(beginning: str, value: str) -> str:
    """Put a code into words where the catalogue has them, else leave it."""
    key = f"{beginning}{value}"
    told = str(gettext(key))
    return value if told == key else told


def _several(beginning: str, value: str) -> str:
    between = ", " if current_language() == "en" else "\u3001"
    return between.join(_known(beginning, each) for each in value.split())


CHOSEN: Mapping[str, str] = {"state": "tickets.state_", "request_type": "tickets.type_"}
"""How the key begins under which the catalogue names what a list was narrowed to."""


def _asked(value: str) -> str:
    """Put what a list was narrowed by into words: `state=open county=441623`."""
    between = ", " if current_language() == "en" else "\u3001"
    pairs = [each.partition("=") for each in value.split()]
    return between.join(
        f"{_known('audit_asked.', name)} {_known(CHOSEN.get(name, ''), said)}".strip()
        for name, _, said in pairs
    )


WORDS: Mapping[str, Word] = {
    "role": partial(_known, "role."),
    "sheet_kind": partial(_known, "exports.kind_"),
    "ending": partial(_known, "exports.state_"),
    "mode": partial(_known, "numbers.mode_"),
    "fields": partial(_several, "audit_field."),
    "code_list": partial(_known, "codes.title_"),
    "sign": partial(_known, "numbers.sign_"),
}
"""How values are put into words, whatever the event."""

WORDS_OF_KIND: Mapping[tuple[str, str], Word] = {
    ("ticket.outside_number_added", "kind"): partial(_known, "tickets.outside_"),
    ("ticket.outside_number_removed", "kind"): partial(_known, "tickets.outside_"),
    ("account.sign_in_failed", "reason"): partial(_known, "audit_why."),
    ("calendar.region_day_set", "kind"): partial(_known, "calendar.kind_"),
    ("calendar.region_day_set", "region_code"): lambda code: _region(code),
    ("number.state_set", "state"): partial(_known, "numbers.state_"),
    ("presence.state_forced", "old"): partial(_known, "story.presence_"),
    ("presence.state_forced", "new"): partial(_known, "story.presence_"),
    ("presence.state_forced", "why_code"): partial(_code, CodeList.FORCED.value),
    ("offer.freed", "why_code"): partial(_code, CodeList.FREED.value),
    ("presence.not_ready_too_long", "reason"): partial(_known, "story.pause_"),
    ("intake.alarm_raised", "kind"): partial(_known, "numbers.alarm_"),
    ("account.signed_in", "with_second_step"): partial(_known, "audit_second_step."),
    ("account.password_changed", "is_reset"): partial(_known, "audit_reset."),
    ("account.people_exported", "is_masked"): partial(_known, "audit_masked."),
    ("message.died", "way"): partial(_known, "notifications.way_"),
    ("message.died", "why"): lambda why: _known("notifications.why_", why.replace("-", "_")),
    ("message.text_set", "language"): partial(_known, "notifications.change_"),
    ("duty.planned", "part"): partial(_known, "roster.part_"),
    ("duty.taken_out", "part"): partial(_known, "roster.part_"),
    ("channel.mode_set", "mode"): partial(_known, "entries.mode_"),
    ("channel.state_set", "state"): partial(_known, "entries.state_"),
    ("message.closed", "reason"): partial(_known, "texts.reason_"),
    ("call.exchange_link_changed", "is_up"): partial(_known, "audit_link."),
    ("caller.misuse_decided", "decision"): partial(_known, "misuse.state_"),
    ("caller.appeal_decided", "decision"): partial(_known, "misuse.appeal_"),
    ("results.listed", "asked"): _asked,
    ("privacy.unmasked", "subject_kind"): partial(_known, "privacy.kind_"),
    ("privacy.unmasked", "reason_code"): partial(_known, "privacy.reason_"),
}


def _word(line: AuditLine, name: str, value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if name in MOMENTS and isinstance(value, str):
        return _moment(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    put = WORDS_OF_KIND.get((line.kind, name)) or WORDS.get(name)
    return put(text) if put else text


def _moment(value: str) -> str:
    try:
        return moment(datetime.fromisoformat(value))
    except ValueError:
        return value
