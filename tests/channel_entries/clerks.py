"""What the tests of channels share: units with channels, their clerks, sheets of cases."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.channel_entries import channel_register
from app.channel_entries.case_words import Column
from app.channel_entries.models import ChannelCase
from app.core.database import db, unit_of_work
from app.core.workbook_writing import SheetToWrite, write_workbook
from app.organisation import service as organisation
from app.tickets.models import Ticket
from tests.administration.keepers import HTML

if TYPE_CHECKING:
    from tests.conftest import PageClient

CASES = "/channel-cases"
HEADINGS: Mapping[str, Column] = {
    "渠道编号": Column.SOURCE_NO,
    "诉求类型": Column.REQUEST_TYPE,
    "标题": Column.TITLE,
    "诉求内容": Column.CONTENT,
    "诉求分类": Column.CATEGORY,
    "县区": Column.COUNTY,
    "镇街": Column.TOWN,
    "联系电话": Column.CONTACT_NUMBER,
    "诉求人": Column.CALLER_NAME,
    "性别": Column.GENDER,
    "年龄段": Column.AGE_GROUP,
    "网格": Column.GRID,
    "经纬度": Column.COORDINATES,
    "紧急程度": Column.URGENCY,
    "由谁办理": Column.HANDLED_BY,
    "办理过程": Column.PROCESS,
    "处理结果": Column.RESULT,
    "公开答复": Column.PUBLIC_REPLY,
    "收到时间": Column.RECEIVED_AT,
}
GOOD: Mapping[str, str] = {
    "渠道编号": "WL-1",
    "诉求类型": "咨询",
    "标题": "景区门票能否网上购买",
    "诉求内容": "想问万绿湖门票能不能在网上买。",
    "诉求分类": "1602",
    "县区": "东源县",
    "联系电话": "13912342817",
    "诉求人": "陈启航",
}


def load_channels() -> None:
    """Load the channels as they are shipped."""
    with unit_of_work():
        channel_register.load_channels()


def channel_id(code: str) -> int:
    """Return the id of a shipped channel."""
    return channel_register.find_channel(code).id


def clerk_of(sign_in_as: Callable[..., "PageClient"], unit_code: str) -> "PageClient":
    """Sign in who enters cases for a unit."""
    unit = organisation.find_unit_by_code(unit_code)
    return sign_in_as("channel_clerk", unit_id=unit.id)


def form(**changes: Any) -> dict[str, Any]:
    """Return a case as the form sends it."""
    return {
        "act": "enter",
        "key": "",
        "version": "0",
        "source_no": "WL-1",
        "request_type": "consult",
        "title": "景区门票能否网上购买",
        "content": "想问万绿湖门票能不能在网上买。",
        "category_code": "1602",
        "place": "441625",
        "contact_number": "13912342817",
        "caller_name": "陈启航",
        "urgency": "normal",
        "handled_by": "hotline",
        **changes,
    }


def enter(browser: "PageClient", code: str = "tourism-site", **changes: Any) -> Any:
    """Send the form of a new case."""
    return browser.post(f"{CASES}/new/{channel_id(code)}", data=form(**changes), headers=HTML)


def workbook(*rows: Mapping[str, str], heading: Sequence[str] = ()) -> bytes:
    """Return a workbook with these rows; the heading is that of all their cells."""
    names = list(heading or dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in names] for row in rows]
    return write_workbook([SheetToWrite(name="诉求", heading=names, rows=cells)])


def look(
    browser: "PageClient", content: bytes, *, name: str = "cases.xlsx", code: str = "tourism-site"
) -> Any:
    """Choose a file. Written by hand: the test client would leave large ones open on the disk."""
    head = f'--x\r\nContent-Disposition: form-data; name="sheet"; filename="{name}"\r\n\r\n'
    return browser.post(
        f"{CASES}/sheets/{channel_id(code)}",
        data=head.encode() + content + b"\r\n--x--\r\n",
        headers=HTML,
        content_type="multipart/form-data; boundary=x",
    )


def all_cases() -> list[ChannelCase]:
    """Return every case, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(ChannelCase).order_by(ChannelCase.id)))


def all_tickets() -> list[Ticket]:
    """Return every ticket, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id)))
