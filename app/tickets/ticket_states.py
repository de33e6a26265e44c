"""Which ticket state may follow which, and the words of a demand. Pure."""

from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket stands (domain rules 1.5; the full table comes with the handling desks)."""

    TO_DISPATCH = "to_dispatch"  # 待派单
    HANDLING = "handling"  # 办理中
    CLOSED = "closed"  # 已办结


MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.TO_DISPATCH: frozenset({TicketState.HANDLING, TicketState.CLOSED}),
    TicketState.HANDLING: frozenset({TicketState.TO_DISPATCH, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
}

OPEN_STATES = frozenset(TicketState) - {TicketState.CLOSED}


class RequestType(StrEnum):
    """What kind of demand it is: the five types Guangdong publishes (domain rules 1.4)."""

    CONSULT = "consult"  # 咨询
    COMPLAINT = "complaint"  # 投诉
    HELP = "help"  # 求助
    SUGGESTION = "suggestion"  # 建议
    REPORT = "report"  # 举报


class Urgency(StrEnum):
    """How much it hurries."""

    NORMAL = "normal"
    URGENT = "urgent"


class EnquiryResult(StrEnum):
    """How a call without a ticket ended (domain rules 1.3, 1.5)."""

    ANSWERED = "answered"  # 已解答
    TOLD_WHERE = "told_where"  # 告知渠道
    TRANSFERRED = "transferred"  # 转接
    NO_DEMAND = "no_demand"  # 无诉求
    MALICIOUS = "malicious"  # 恶意
