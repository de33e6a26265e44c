"""What somebody else did at an agent's desk: he is told by whom and why, until he has seen it.

A state that was set for him, an offer that was taken back. The fact brings it at once, the snapshot
holds it as long as he has not said that he has seen it. Nobody is told of what he did himself.
"""

from typing import Any

from sqlalchemy import select

from app.accounts import service as accounts
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.facts import agent_audience, record_fact
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask_in_text
from app.rules import code_register
from app.rules.code_lists import CodeList
from app.workstation.models import DeskNotice, NoticeKind

Card = dict[str, Any]

WHY = {NoticeKind.STATE_FORCED: CodeList.FORCED, NoticeKind.OFFER_FREED: CodeList.FREED}
"""Of which list the reasons of each kind are."""


class NoSuchNotice(NotFound):
    """No such notice, or it stands on somebody else's desk."""

    code = "no-such-notice"


def tell(notice: DeskNotice) -> None:
    """Put a notice on the desk of its agent, unless he is the one who did it."""
    if notice.by_id == notice.agent_id:
        return
    notice.told_at = clock.now()
    db.session.add(notice)
    db.session.flush()
    [card] = _cards([notice])
    audience = agent_audience(notice.agent_id)
    record_fact(audience, name="desk.notice_told", body={"notice": card}, at=notice.told_at)


def see(agent_id: int, notice_id: int) -> None:
    """Take a notice off the desk; seen already is seen. Raises NoSuchNotice."""
    notice = db.session.get(DeskNotice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None or notice.agent_id != agent_id:
        raise NoSuchNotice
    if notice.seen_at is not None:
        return
    notice.seen_at = clock.now()
    body: Card = {"notice_id": notice.id}
    record_fact(agent_audience(agent_id), name="desk.notice_seen", body=body, at=notice.seen_at)


def notice_cards(agent_id: int) -> list[Card]:
    """Return what this agent has not seen yet, the newest first."""
    mine = select(DeskNotice).where(DeskNotice.agent_id == agent_id, DeskNotice.seen_at.is_(None))
    return _cards(list(db.session.scalars(mine.order_by(DeskNotice.id.desc()))))


def _cards(notices: list[DeskNotice]) -> list[Card]:
    if not notices:
        return []
    people = accounts.people([each.by_id for each in notices])
    because = {
        (kind, each.code): each.words
        for kind, reasons in WHY.items()
        for each in code_register.all_codes(reasons)
    }
    why = {each.id: because.get((each.kind, each.why_code)) for each in notices}
    return [
        {
            "notice_id": each.id,
            "kind": each.kind.value,
            "by_name": people[each.by_id].name,
            "by_number": people[each.by_id].work_number,
            "at": wire_moment(each.told_at),
            "state": each.state,
            "reason": each.reason,
            "is_later": each.is_later,
            "line_name": _line_name(each.call_id),
            "why_zh": words.name_zh if (words := why[each.id]) else "",
            "why_en": words.name_en if words else "",
            "note": mask_in_text(each.note),
        }
        for each in notices
    ]


def _line_name(call_id: int | None) -> str:
    if call_id is None:
        return ""
    call = calls.get_call(call_id)
    names = channels.names_of({call.legacy_number_id})
    return names.get(call.legacy_number_id, call.dialled_number)


def state_was_forced(
    *,
    agent_id: int,
    by: int,
    state: str,
    reason: str | None,
    why_code: str,
    note: str,
    is_later: bool,
) -> None:
    """Tell an agent that somebody set what he does, or what he does after this call."""
    tell(
        DeskNotice(
            kind=NoticeKind.STATE_FORCED,
            agent_id=agent_id,
            by_id=by,
            state=state,
            reason=reason,
            why_code=why_code,
            note=note,
            is_later=is_later,
            call_id=None,
        )
    )


def offer_was_freed(*, agent_id: int, by: int, call_id: int, why_code: str, note: str) -> None:
    """Tell an agent that somebody gave the call that rang at his desk to the next one."""
    tell(
        DeskNotice(
            kind=NoticeKind.OFFER_FREED,
            agent_id=agent_id,
            by_id=by,
            state=None,
            reason=None,
            why_code=why_code,
            note=note,
            is_later=False,
            call_id=call_id,
        )
    )
