"""A ticket full of what must not get out, and how to find it in anything."""

import re
import unicodedata
from typing import Any

from app.core.database import unit_of_work
from app.rules.type_natures import Nature
from app.tickets import service as tickets

NAME = "诸葛明镜"
NUMBER = "13977662817"
ADDRESS = "翡翠湖畔 66 号"
CARD = "441602199001011230"
IDENTITY = "44160219900101018X"
"""In its own field: nobody sees it without a reason, not even who wrote it down."""
SECRETS = {
    "name": NAME,
    "number": NUMBER,
    "address": ADDRESS,
    "card": CARD,
    "wechat": "zhuge_mingjing",
    "plate": "粤P86J17",
    "room": "十七栋1704房",
}
CONTENT = (
    f"夜间施工扰民。我叫{NAME}，身份证{CARD}，微信号 zhuge_mingjing，住{ADDRESS}十七栋1704房，"
    "车牌粤P86J17，电话 139 7766 2817。"
)


def open_ticket(opened_by: int, **changes: Any) -> int:
    """Open a confidential ticket whose caller is all over its text; return its id."""
    wanted: dict[str, Any] = {
        "call_id": None,
        "opened_by": opened_by,
        "request_type": Nature.COMPLAINT,
        "title": f"{NAME}反映夜间施工",
        "content": CONTENT,
        "demand": f"请回电 {NUMBER}",
        "category_code": "1201",
        "county_code": "441602",
        "address": ADDRESS,
        "caller_name": NAME,
        "contact_number": NUMBER,
        "privacy": "confidential",
        **changes,
    }
    wanted["privacy"] = tickets.PrivacyLevel(wanted["privacy"])
    with unit_of_work():
        return tickets.open_ticket(tickets.NewTicket(**wanted)).id


def secrets_in(text: str, *names: str) -> set[str]:
    """Say which of the secrets stand in a text, whatever blanks and signs lie between."""
    bare = _bare(text)
    return {name for name in names or SECRETS if _bare(SECRETS[name]) in bare}


def _bare(text: str) -> str:
    return re.sub(r"[\s\-.·]", "", unicodedata.normalize("NFKC", text)).lower()
