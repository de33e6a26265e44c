"""What may be done with a ticket: by whom, from where to where, carrying what. Pure.

One table (domain rules 1.5 and 1.7). Every desk asks it, nobody else decides; the document
`docs/ticket-moves.md` is drawn from it. What it does to the clocks stands beside each move.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Conflict, Invalid, NotAllowed
from app.tickets.ticket_states import OPEN_STATES
from app.tickets.ticket_states import TicketState as S


class TicketAct(StrEnum):
    """What somebody does with a ticket."""

    ASK_INFO = "ask_info"  # 要求补充
    GIVE_INFO = "give_info"  # 补充
    APPROVE_INTAKE = "approve_intake"  # 预审通过
    DISPATCH = "dispatch"  # 派单
    SIGN = "sign"  # 签收
    SIGN_BY_ITSELF = "sign_by_itself"  # 默认签收
    ASK_RETURN = "ask_return"  # 申请退单
    AGREE_RETURN = "agree_return"  # 同意退单
    REFUSE_RETURN = "refuse_return"  # 驳回退单
    REFER = "refer"  # 提交裁定
    DESIGNATE = "designate"  # 指定承办
    SUSPEND = "suspend"  # 挂起
    RESUME = "resume"  # 恢复
    HAND_IN = "hand_in"  # 提交办结
    SEND_BACK = "send_back"  # 审核退回
    APPROVE_RESULT = "approve_result"  # 审核通过
    CLOSE_UNVISITED = "close_unvisited"  # 免回访办结
    CLOSE_VISITED = "close_visited"  # 回访办结
    REDO = "redo"  # 重办
    REOPEN = "reopen"  # 复核重办
    MERGE = "merge"  # 并单
    SPLIT_OFF = "split_off"  # 撤销并单
    WITHDRAW = "withdraw"  # 撤诉
    VOID = "void"  # 作废
    ARCHIVE = "archive"  # 归档
    CLOSE_BY_CHANNEL = "close_by_channel"  # 渠道自行办结
    HAND_TO_HOTLINE = "hand_to_hotline"  # 转交热线
    TAKE_UP = "take_up"  # 转为办理


class Actor(StrEnum):
    """In what capacity somebody acts; which roles have it is said by the permissions."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    UNIT = "unit"  # of the ticket: its lead, or whom the lead works through
    AUDITOR = "auditor"  # never of the unit that handled, never outsourced
    VISITOR = "visitor"  # calls back
    MANAGER = "manager"
    CHANNEL = "channel"  # of the ticket: it entered the case and handles it itself
    SYSTEM = "system"  # a deadline


class Clock(StrEnum):
    """Which clocks a ticket has besides the citizen's, which runs from his call to the reply."""

    DISPATCH = "dispatch"
    SIGN = "sign"
    CONTACT = "contact"  # only where a rule promises it; a proven contact ends it, and no move
    HANDLE = "handle"
    VISIT = "visit"


class Effect(StrEnum):
    """What a move does to a clock."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, kw_only=True)
class Move:
    """One line of the table."""

    act: TicketAct
    old: frozenset[S]
    new: S
    by: frozenset[Actor]
    carries: tuple[str, ...] = ()
    # Only while somebody has still to look at it before its dispatch, or only when nobody has.
    owes_review: bool | None = None
    clocks: Mapping[Clock, Effect]


class MoveNotPossible(Conflict):
    """Where the ticket stands, this cannot be done: perhaps somebody was quicker."""

    code = "ticket-move-not-possible"


class MoveNotYours(NotAllowed):
    """Somebody else does this."""

    code = "ticket-move-not-yours"


class MoveLacks(Invalid):
    """Something that belongs to the act is not there."""

    code = "ticket-move-lacks"


def _move(
    act: TicketAct,
    old: S | Collection[S],
    new: S,
    by: Actor | Collection[Actor],
    *carries: str,
    owes_review: bool | None = None,
    **clocks: Effect,
) -> Move:
    return Move(
        act=act,
        old=frozenset({old} if isinstance(old, S) else old),
        new=new,
        by=frozenset({by} if isinstance(by, Actor) else by),
        carries=carries,
        owes_review=owes_review,
        clocks={Clock(name): effect for name, effect in clocks.items()},
    )


_A, _E, _T = Actor, Effect, TicketAct
BEFORE_UNITS = frozenset({S.NEED_INFO, S.TO_REVIEW, S.TO_DISPATCH})
AT_A_UNIT = frozenset({S.TO_SIGN, S.HANDLING})
DISPUTED = frozenset({S.RETURN_REVIEW, S.ADJUDICATION})

TABLE: tuple[Move, ...] = (
    _move(_T.ASK_INFO, {S.TO_REVIEW, S.TO_DISPATCH}, S.NEED_INFO, _A.DISPATCHER, "question",
          dispatch=_E.PAUSE),
    # an answer leads back to where the question was asked: no question passes the review by
    _move(_T.GIVE_INFO, S.NEED_INFO, S.TO_REVIEW, _A.AGENT, "text",
          owes_review=True, dispatch=_E.RESUME),
    _move(_T.GIVE_INFO, S.NEED_INFO, S.TO_DISPATCH, _A.AGENT, "text",
          owes_review=False, dispatch=_E.RESUME),
    _move(_T.APPROVE_INTAKE, S.TO_REVIEW, S.TO_DISPATCH, _A.DISPATCHER),
    _move(_T.DISPATCH, S.TO_DISPATCH, S.TO_SIGN, _A.DISPATCHER, "lead", "basis",
          dispatch=_E.STOP, sign=_E.START, contact=_E.START, handle=_E.START),
    _move(_T.SIGN, S.TO_SIGN, S.HANDLING, _A.UNIT, sign=_E.STOP),
    _move(_T.SIGN_BY_ITSELF, S.TO_SIGN, S.HANDLING, _A.SYSTEM, sign=_E.STOP),
    # a return stops no clock: whoever asks late, asks on his own time
    _move(_T.ASK_RETURN, AT_A_UNIT, S.RETURN_REVIEW, _A.UNIT, "reason", "basis", "proposed"),
    _move(_T.AGREE_RETURN, S.RETURN_REVIEW, S.TO_DISPATCH, _A.DISPATCHER,
          dispatch=_E.START, sign=_E.STOP, contact=_E.STOP, handle=_E.STOP),
    _move(_T.REFUSE_RETURN, S.RETURN_REVIEW, S.HANDLING, _A.DISPATCHER, "reason", sign=_E.STOP),
    _move(_T.REFER, {S.RETURN_REVIEW, S.TO_DISPATCH}, S.ADJUDICATION, {_A.DISPATCHER, _A.SYSTEM},
          "opinions"),
    # first handled, then discussed: whom the hotline names handles from now on, and a dispute
    # that goes on meanwhile may end with another name
    _move(_T.DESIGNATE, {S.ADJUDICATION, S.HANDLING}, S.HANDLING, _A.MANAGER, "lead", "basis",
          dispatch=_E.STOP, sign=_E.STOP, contact=_E.START, handle=_E.START),
    _move(_T.SUSPEND, S.HANDLING, S.SUSPENDED, _A.DISPATCHER, "reason", "basis", "evidence",
          handle=_E.PAUSE),
    _move(_T.RESUME, S.SUSPENDED, S.HANDLING, {_A.UNIT, _A.DISPATCHER}, handle=_E.RESUME),
    # who was not contacted is owed that still: handing in early spares nobody the call
    _move(_T.HAND_IN, S.HANDLING, S.TO_AUDIT, _A.UNIT, "public_reply", "solved",
          handle=_E.STOP),
    _move(_T.SEND_BACK, S.TO_AUDIT, S.HANDLING, _A.AUDITOR, "defect", handle=_E.RESUME),
    _move(_T.APPROVE_RESULT, S.TO_AUDIT, S.TO_VISIT, _A.AUDITOR, visit=_E.START),
    _move(_T.CLOSE_UNVISITED, {S.TO_AUDIT, S.TO_VISIT}, S.CLOSED, _A.AUDITOR, "exclusion",
          contact=_E.STOP, visit=_E.STOP),
    _move(_T.CLOSE_VISITED, S.TO_VISIT, S.CLOSED, _A.VISITOR, "solved", "result", "attitude",
          contact=_E.STOP, visit=_E.STOP),
    _move(_T.REDO, S.TO_VISIT, S.TO_SIGN, {_A.DISPATCHER, _A.MANAGER}, "reason",
          visit=_E.STOP, sign=_E.START, contact=_E.START, handle=_E.START),
    _move(_T.REOPEN, S.CLOSED, S.TO_SIGN, _A.MANAGER, "reason",
          sign=_E.START, contact=_E.START, handle=_E.START),
    # what is answered is asked about, and not merged away from the question
    _move(_T.MERGE, OPEN_STATES - {S.TO_VISIT}, S.MERGED, _A.DISPATCHER, "master",
          dispatch=_E.STOP, sign=_E.STOP, contact=_E.STOP, handle=_E.STOP),
    _move(_T.SPLIT_OFF, S.MERGED, S.TO_REVIEW, _A.DISPATCHER, "reason",
          owes_review=True, dispatch=_E.START),
    _move(_T.SPLIT_OFF, S.MERGED, S.TO_DISPATCH, _A.DISPATCHER, "reason",
          owes_review=False, dispatch=_E.START),
    _move(_T.WITHDRAW, OPEN_STATES, S.WITHDRAWN, _A.AGENT, "call",
          dispatch=_E.STOP, sign=_E.STOP, contact=_E.STOP, handle=_E.STOP, visit=_E.STOP),
    _move(_T.VOID, BEFORE_UNITS, S.VOID, _A.MANAGER, "reason", dispatch=_E.STOP),
    _move(_T.CLOSE_BY_CHANNEL, S.HANDLING, S.CLOSED, _A.CHANNEL, "public_reply"),
    _move(_T.HAND_TO_HOTLINE, S.HANDLING, S.TO_REVIEW, _A.CHANNEL,
          owes_review=True, dispatch=_E.START),
    _move(_T.HAND_TO_HOTLINE, S.HANDLING, S.TO_DISPATCH, _A.CHANNEL,
          owes_review=False, dispatch=_E.START),
    # what was counted only should have been handled: its citizen has waited since he asked. Whoever
    # sees that has looked at it before its dispatch
    _move(_T.TAKE_UP, S.CLOSED, S.TO_DISPATCH, {_A.DISPATCHER, _A.MANAGER}, "new", "reason",
          dispatch=_E.START),
    _move(_T.ARCHIVE, {S.CLOSED, S.WITHDRAWN, S.VOID}, S.ARCHIVED, _A.SYSTEM),
)  # fmt: skip


MOVES: Mapping[S, frozenset[S]] = {
    state: frozenset(each.new for each in TABLE if state in each.old) for state in S
}
"""The same without acts: what may follow what."""

BY_REVIEW = frozenset(each.act for each in TABLE if each.owes_review is not None)
"""Acts that lead elsewhere while a ticket owes its review: whoever does them looks that up."""


def find_move(
    act: TicketAct,
    state: S,
    *,
    by: Actor,
    carried: Collection[str] = frozenset(),
    owes_review: bool = False,
) -> Move:
    """Return the move that this act is; whether it is his is looked at before where it stands.

    `carried` names what comes with it and is not empty; `owes_review` says whether somebody has
    still to look at the ticket before it is dispatched (asked for by BY_REVIEW). Raises
    MoveNotYours, MoveNotPossible, MoveLacks with the field that is missing.
    """
    moves = [each for each in TABLE if each.act is act]
    if not any(by in each.by for each in moves):
        raise MoveNotYours(act=str(act))
    for each in moves:
        is_here = state in each.old and each.owes_review in {None, owes_review}
        if is_here and by in each.by:
            _check_carried(each, carried)
            return each
    raise MoveNotPossible(act=str(act), state=str(state))


def acts_open(state: S, *, by: Actor) -> list[TicketAct]:
    """Return what somebody in this capacity can do now, in the order of the table."""
    acts = [each.act for each in TABLE if state in each.old and by in each.by]
    return list(dict.fromkeys(acts))


def _check_carried(move: Move, carried: Collection[str]) -> None:
    for name in move.carries:
        if name not in carried:
            raise MoveLacks(field=name, what=name)
