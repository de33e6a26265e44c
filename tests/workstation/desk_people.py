"""An agent's desk over HTTP, with a call on it."""

from typing import TYPE_CHECKING, Any

from app.call_queue import service as call_queue
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import service as rules
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

if TYPE_CHECKING:
    from tests.conftest import PageClient

CALLER = "13900002817"


def at_a_desk(browser: "PageClient") -> "PageClient":
    """Let this person have a desk with a phone, and be not ready."""
    desks.link_up()
    desks.open_desk(browser.person)
    desks.phone(browser.person)
    with unit_of_work():
        call_queue.become_not_ready(browser.person.id, reason="paperwork")
    return browser


def take_call(
    browser: "PageClient", key: str = "call-1", *, since: float = 0, who: str = CALLER
) -> Line:
    """Let this person's desk have a call that has been answered."""
    line = ring(browser, key, since=since, who=who)
    phone = browser.person.work_number
    tell(line.rings(phone, since + 5), line.answered(phone, since + 8))
    return line


def ring(
    browser: "PageClient", key: str = "call-1", *, since: float = 0, who: str = CALLER
) -> Line:
    """Let a call be offered to this person's desk."""
    desks.link_up()
    desks.open_desk(browser.person)
    desks.phone(browser.person)
    with unit_of_work():
        call_queue.become_ready(browser.person.id)
    line = Line(call_key=key, from_number=who)
    tell(line.arrived(since), line.queued(since + 1))
    assert desks.offer_all() == 1
    return line


def enquiry(**changes: Any) -> dict[str, Any]:
    """An enquiry record that can be saved."""
    return {
        "category_code": rules.list_categories()[-1].code,
        "article_id": None,
        "result": "answered",
        "told_where": "",
        "note": "问社保卡补办，已告知",
        "caller_name": "",
        **changes,
    }


def ticket(**changes: Any) -> dict[str, Any]:
    """A ticket that can be opened."""
    county = organisation.list_counties()[0]
    return {
        "request_type": "complaint",
        "title": "路灯不亮",
        "content": "沿江路三盏路灯坏了一周",
        "category_code": rules.list_categories()[-1].code,
        "county_code": county.code,
        "town_code": organisation.towns_of(county.code)[0].code,
        "address": "沿江路 12 号",
        "occurred": "一周前起",
        "respondent": "路灯管理所",
        "demand": "尽快修好",
        "caller_name": "陈女士",
        "contact_number": "",
        "urgency": "normal",
        "is_confidential": False,
        **changes,
    }
