"""How a list is taken out as a file: in what form, and where that stands. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class SheetKind(StrEnum):
    """The form of the file."""

    XLSX = "xlsx"
    CSV = "csv"


class ExportState(StrEnum):
    """Where an export stands; it is written while it is fetched, nothing lies on the server."""

    ASKED = "asked"  # 待下载
    RUNNING = "running"  # 下载中
    DONE = "done"  # 已完成
    CANCELLED = "cancelled"  # 已取消
    BROKEN_OFF = "broken_off"  # 中断


MOVES: Mapping[ExportState, frozenset[ExportState]] = {
    ExportState.ASKED: frozenset({ExportState.RUNNING, ExportState.CANCELLED}),
    ExportState.RUNNING: frozenset(
        {ExportState.DONE, ExportState.CANCELLED, ExportState.BROKEN_OFF}
    ),
    ExportState.DONE: frozenset(),
    ExportState.CANCELLED: frozenset(),
    ExportState.BROKEN_OFF: frozenset(),
}
"""A list that was fetched is a list of that moment: whoever wants it again asks again."""
