"""Where a message stands, and what may follow. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"  # 待发送: its time has not come, or no provider is set
    SENDING = "sending"  # 发送中: somebody has it until his lease ends
    SENT = "sent"  # 已发送: a provider has taken it
    DELIVERED = "delivered"  # 已送达: its provider says that it arrived
    DEAD = "dead"  # 发送失败: refused for good, or too often
    GIVEN_UP = "given_up"  # 已放弃: by a person
    WITHHELD = "withheld"  # 不发送: there is a reason not to


S = MessageState

MOVES: Mapping[MessageState, frozenset[MessageState]] = {
    S.WAITING: frozenset({S.SENDING, S.WITHHELD, S.GIVEN_UP, S.DELIVERED}),
    S.SENDING: frozenset({S.SENT, S.WAITING, S.DEAD, S.DELIVERED, S.WITHHELD}),
    S.SENT: frozenset({S.DELIVERED, S.WAITING, S.DEAD}),
    S.DELIVERED: frozenset(),
    S.DEAD: frozenset({S.WAITING, S.GIVEN_UP, S.DELIVERED}),
    S.GIVEN_UP: frozenset({S.DELIVERED}),
    S.WITHHELD: frozenset({S.DELIVERED}),
}
"""A report that a message arrived is true wherever we thought it stood: its answer was lost."""
