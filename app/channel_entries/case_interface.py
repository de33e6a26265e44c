"""What the system of a channel unit enters: cases, what was done, what came of it; each once.

A case is judged as a row of a sheet is, and known by the number that its channel gave it: sent
again it is the same case. Who answers for it is a person of the unit, whom the request names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext

from app.accounts import contractors
from app.accounts import service as accounts
from app.channel_entries import case_book, case_import, case_reading, channel_register
from app.channel_entries.case_faults import Fault
from app.channel_entries.case_reading import CaseShown
from app.channel_entries.case_sheet import LONGEST, NEEDED, Row, read_moment
from app.channel_entries.case_words import Column, numbered
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.channel_states import ChannelState, WayIn
from app.channel_entries.refusals import (
    CaseFieldUnfit,
    ChannelHasNotThisWay,
    ChannelNotInUse,
    NoSuchCase,
    NotAClerkHere,
)
from app.core.error_pages import sentence
from app.core.errors import Refusal
from app.core.forms import plain
from app.core.judged_sheets import Outcome
from app.core.permissions import Permission

FIELDS = frozenset(str(each) for each in Column)
HANDLERS = {True: "channel", False: "hotline"}
YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A channel and the person of its unit who answers for what is sent."""

    channel: ChannelShown
    by: int

    @property
    def unit_id(self) -> int:
        """Return whose channel it is."""
        return self.channel.words.owner_unit_id


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one case. `errors` are (field, sentence)."""

    source_no: str
    outcome: Outcome
    number: str = ""
    check_code: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)


def sender_of(code: str, work_number: str) -> Sender:
    """Return who sends. Raises NoSuchChannel, ChannelNotInUse, ChannelHasNotThisWay, NotAClerkHere.

    `work_number` names a person of the channel's unit who may enter cases.
    """
    channel = channel_register.find_channel(code)
    if channel.state is not ChannelState.ACTIVE:
        raise ChannelNotInUse
    if WayIn.INTERFACE not in channel.words.ways_in:
        raise ChannelHasNotThisWay
    person = accounts.find_by_work_number(work_number)
    if (
        person is None
        or not person.is_active
        or person.unit_id != channel.words.owner_unit_id
        or Permission.CHANNEL_CASES_ENTER not in contractors.permissions_of(person)
    ):
        raise NotAClerkHere(field="by")
    return Sender(channel=channel, by=person.id)


def hear_case(said: Mapping[str, Any], sender: Sender) -> Answer:
    """Enter a case, or take over what is new of it. What is wrong is told and nothing is saved."""
    source_no = number_in(said)
    wrong = _misread(said)
    if wrong:
        return Answer(source_no=source_no, outcome=Outcome.WRONG, errors=wrong)
    row = _judged(said, sender)
    if row.words is None:
        return Answer(source_no=source_no, outcome=Outcome.WRONG, errors=_told(row))
    if row.outcome is Outcome.NEW:
        case_book.enter_case(
            sender.channel.id, row.words, unit_id=sender.unit_id, by=sender.by,
            way_in=WayIn.INTERFACE,
        )  # fmt: skip
    elif row.outcome is Outcome.CHANGED:
        case = case_reading.find_cases(sender.channel.id, [source_no])[source_no]
        case_book.apply_change(case, row.words, row.changed, by=sender.by, unit_id=sender.unit_id)
    return _answer(_shown(source_no, sender), row.outcome)


def number_in(said: Mapping[str, Any]) -> str:
    """Return by which number of the channel a request names its case."""
    return numbered(plain(said.get("source_no")))


def refused(said: Mapping[str, Any], refusal: Refusal) -> Answer:
    """Say of a case why it was refused."""
    why = (refusal.field or "", sentence(refusal.code, refusal.parameters))
    return Answer(source_no=number_in(said), outcome=Outcome.WRONG, errors=[why])


def hear_process(said: Mapping[str, Any], sender: Sender) -> Answer:
    """Note what the channel did with a case of its own; the same words again are nothing new.

    Raises NoSuchCase, CaseFieldUnfit, and what noting refuses.
    """
    shown = _shown(number_in(said), sender)
    text = _text(said, "text", longest=LONGEST[Column.PROCESS])
    notes = case_reading.notes_of([shown.case.id])[shown.case.id]
    if text in {each.text for each in notes}:
        return _answer(shown, Outcome.SAME)
    case_book.note_process(shown.case.id, text, unit_id=sender.unit_id, by=sender.by)
    return _answer(shown, Outcome.CHANGED)


def hear_result(said: Mapping[str, Any], sender: Sender) -> Answer:
    """Note what came of a case of the channel's own, and close it; again it is nothing new.

    Raises NoSuchCase, CaseFieldUnfit, and what settling refuses.
    """
    shown = _shown(number_in(said), sender)
    result = _text(said, "result", longest=LONGEST[Column.RESULT])
    reply = _text(said, "public_reply", longest=LONGEST[Column.PUBLIC_REPLY])
    before = case_reading.results_of([shown.case.id])[shown.case.id]
    if before and (before[-1].result, before[-1].public_reply) == (result, reply):
        return _answer(shown, Outcome.SAME)
    case_book.settle_case(
        shown.case.id, result=result, public_reply=reply, settled_on=_moment(said),
        unit_id=sender.unit_id, by=sender.by,
    )  # fmt: skip
    return _answer(shown, Outcome.CHANGED)


def status_of(source_no: str, sender: Sender) -> dict[str, str]:
    """Say how far a case of the channel has come. Raises NoSuchCase."""
    shown = _shown(source_no, sender)
    if shown.ticket is None:
        raise NoSuchCase
    due = shown.ticket.due_at
    return {
        "source_no": source_no,
        "number": shown.ticket.number,
        "check_code": shown.ticket.check_code,
        "state": str(shown.ticket.state),
        "due_at": due.isoformat() if due else "",
    }


def _judged(said: Mapping[str, Any], sender: Sender) -> Row:
    cells = {**{str(each): "" for each in NEEDED}, **{k: _cell(k, said[k]) for k in said}}
    rows = [(1, list(cells)), (2, list(cells.values()))]
    [row] = case_import.look_at(sender.channel.id, rows).rows
    return row


def _misread(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say which fields there are not, and which hold something that is no text."""
    return [
        (name[:64], str(gettext("entries.fault_unknown_field")))
        if name not in FIELDS
        else (name, str(gettext("entries.fault_not_text")))
        for name, value in said.items()
        if name not in FIELDS or not (value is None or isinstance(value, str | bool))
    ]


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return HANDLERS[value] if name == Column.HANDLED_BY else YES_NO[value]
    return plain(value)


def _told(row: Row) -> list[tuple[str, str]]:
    return [
        (str(column), str(_sentence(fault, words=row.hints.get(column, ""))))
        for column, fault in row.faults.items()
    ]


def _sentence(fault: Fault, *, words: str) -> str:
    return str(gettext(f"entries.fault_{fault}", words=words, most=""))


def _shown(source_no: str, sender: Sender) -> CaseShown:
    case = case_reading.find_cases(sender.channel.id, [source_no]).get(source_no)
    if case is None:
        raise NoSuchCase(field="source_no")
    return case_reading.get_case(case.id, unit_id=sender.unit_id)


def _answer(shown: CaseShown, outcome: Outcome) -> Answer:
    ticket = shown.ticket
    return Answer(
        source_no=shown.case.source_no or "",
        outcome=outcome,
        number=ticket.number if ticket else "",
        check_code=ticket.check_code if ticket else "",
    )


def _text(said: Mapping[str, Any], name: str, *, longest: int) -> str:
    text = plain(said.get(name))
    if not text or len(text) > longest:
        raise CaseFieldUnfit(field=name, longest=longest)
    return text


def _moment(said: Mapping[str, Any]) -> datetime | None:
    written = plain(said.get("settled_on"))
    moment = read_moment(written) if written else None
    if written and moment is None:
        raise CaseFieldUnfit(field="settled_on", longest=16)
    return moment
