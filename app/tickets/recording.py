"""Records a call that was answered at once, once."""

from dataclasses import dataclass

from sqlalchemy import select

from app.callers import misuse
from app.callers import service as callers
from app.calls import call_persons, transfers
from app.calls import service as calls
from app.calls.transfer_states import HandedOn
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.rules import service as rules
from app.tickets.events import EnquiryRecorded
from app.tickets.models import EnquiryRecord
from app.tickets.refusals import AlreadyOnRecord, TransferNotTaken, named
from app.tickets.ticket_states import EnquiryResult
from knowledge_base import service as knowledge_base


@dataclass(frozen=True, kw_only=True)
class NewEnquiry:
    """What an agent wrote of a call answered at once.

    `once_key` names the act of writing: the same key again finds the record that it made.
    `was_warned`: who misused the hotline was told the warning.
    """

    call_id: int
    agent_id: int
    result: EnquiryResult
    category_code: str | None = None
    article_id: int | None = None
    exclusion_code: str = ""
    told_where: str = ""
    told_words: str = ""
    caller_objects: bool = False
    transfer_to: str = ""
    note: str = ""
    caller_name: str = ""
    was_warned: bool = False
    once_key: str | None = None


def record_enquiry(new: NewEnquiry) -> EnquiryRecord:
    """Record a call answered at once, or return what the same key recorded before.

    Raises NotInRegister with the field; AlreadyOnRecord for the same words without a key;
    TransferNotTaken for a result that the ledger of calls knows better (domain rule F8).
    """
    if new.once_key and (made := _made_with(new.once_key)):
        return made
    _check_registers(new)
    last = _last_enquiry(new.call_id)
    if last is not None and _is_same(last, new):
        raise AlreadyOnRecord
    call = calls.get_call(new.call_id)
    if new.result is EnquiryResult.TRANSFERRED:
        _check_was_taken(call.id)
    record = EnquiryRecord(
        call_id=new.call_id,
        agent_id=new.agent_id,
        category_code=new.category_code or None,
        article_id=new.article_id,
        result=new.result,
        exclusion_code=new.exclusion_code,
        told_where=new.told_where,
        told_words=new.told_words,
        caller_objects=new.caller_objects,
        transfer_to=new.transfer_to,
        note=new.note,
        caller_name=new.caller_name,
        once_key=new.once_key,
        saved_at=clock.now(),
    )
    db.session.add(record)
    if new.caller_name and call.from_number:
        caller = callers.get_or_open_caller(
            call.from_number, new.caller_name, chosen_id=call.caller_id
        )
        call_persons.note_caller(call.id, caller_id=caller.id, noted_by=new.agent_id)
    db.session.flush()
    if new.result is EnquiryResult.MALICIOUS:
        # A word to the shift leader, who hears the call and decides; nothing follows by itself.
        misuse.mark(
            call.from_number,
            call_id=call.id,
            words=new.note,
            was_warned=new.was_warned,
            by=new.agent_id,
        )
    publish(EnquiryRecorded(record_id=record.id, call_id=new.call_id, agent_id=new.agent_id))
    return record


def _check_was_taken(call_id: int) -> None:
    """Refuse what nobody took. One under way is not decided, one by other means is not known."""
    if transfers.what_became_of([call_id])[call_id] is HandedOn.IN_VAIN:
        raise TransferNotTaken(field="result")


def _check_registers(new: NewEnquiry) -> None:
    if new.category_code:
        with named("category_code"):
            rules.get_category(new.category_code)
    if new.exclusion_code:
        with named("exclusion_code"):
            rules.get_exclusion(new.exclusion_code)
    if new.article_id is not None:
        with named("article_id"):
            knowledge_base.get_article(new.article_id)


def _made_with(once_key: str) -> EnquiryRecord | None:
    wanted = select(EnquiryRecord).where(EnquiryRecord.once_key == once_key)
    return db.session.execute(wanted).scalar_one_or_none()


def _last_enquiry(call_id: int) -> EnquiryRecord | None:
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id == call_id)
    return db.session.execute(wanted.order_by(EnquiryRecord.id.desc()).limit(1)).scalar()


def _is_same(last: EnquiryRecord, new: NewEnquiry) -> bool:
    said = (last.result, last.category_code, last.article_id, last.note, last.told_where)
    return said == (
        new.result,
        new.category_code or None,
        new.article_id,
        new.note,
        new.told_where,
    )
