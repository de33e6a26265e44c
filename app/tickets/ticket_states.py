"""Where a ticket stands, and the words of a demand. Pure. What may follow: `ticket_moves`."""

from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket stands (domain rules 1.5); who has the next act is told by its moves."""

    TO_REVIEW = "to_review"  # 待预审
    NEED_INFO = "need_info"  # 待补充
    TO_DISPATCH = "to_dispatch"  # 待派单
    TO_SIGN = "to_sign"  # 待签收
    RETURN_REVIEW = "return_review"  # 退单待审
    ADJUDICATION = "adjudication"  # 会商裁定
    HANDLING = "handling"  # 办理中
    SUSPENDED = "suspended"  # 挂起
    TO_AUDIT = "to_audit"  # 办结待审核
    TO_VISIT = "to_visit"  # 待回访
    CLOSED = "closed"  # 已办结
    ARCHIVED = "archived"  # 已归档
    MERGED = "merged"  # 已并单
    WITHDRAWN = "withdrawn"  # 撤诉
    VOID = "void"  # 作废


OVER = frozenset(
    {
        TicketState.CLOSED,
        TicketState.ARCHIVED,
        TicketState.MERGED,
        TicketState.WITHDRAWN,
        TicketState.VOID,
    }
)
"""Nothing more is owed by anybody; a merged ticket is owed through its master."""

OPEN_STATES = frozenset(TicketState) - OVER

OWED_STATES = OPEN_STATES | {TicketState.MERGED}
"""Where a citizen may still wait for his answer: his own ticket is handled, or its master."""


class Urgency(StrEnum):
    """How much it hurries. Words in the order of the alphabet: lists are ordered by them."""

    NORMAL = "normal"  # 一般
    URGENT = "urgent"  # 紧急
    VERY_URGENT = "very_urgent"  # 特急

    @property
    def hurries(self) -> bool:
        """Say whether it goes before what is ordinary."""
        return self is not Urgency.NORMAL


class EntryMode(StrEnum):
    """How a demand came in (domain rules 2.1)."""

    CALL = "call"  # 话务
    TEXT = "text"  # 网络留言
    ENTRY = "entry"  # 录入
    IMPORT = "import"  # 导入
    INTERFACE = "interface"  # 接口


class EnquiryResult(StrEnum):
    """How a call without a ticket ended (domain rules 1.3, 1.5)."""

    ANSWERED = "answered"  # 已解答
    TOLD_WHERE = "told_where"  # 告知渠道
    TRANSFERRED = "transferred"  # 转接
    NO_DEMAND = "no_demand"  # 无诉求
    MALICIOUS = "malicious"  # 恶意
