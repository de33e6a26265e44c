"""One ticket's page as a unit has it: opened, read, and its forms sent as they were shown."""

import re
from typing import Any

from tests.conftest import PageClient
from tests.handling import cast as play


def page_of(browser: PageClient, ticket_id: int) -> str:
    """Open a ticket as a unit."""
    answer = browser.get(f"/unit/tickets/{ticket_id}")
    assert answer.status_code == 200
    html: str = answer.get_data(as_text=True)
    return html


def version(html: str) -> str:
    """Return which version a page showed."""
    found = re.search(r'name="(?:\w+-)?seen"[^>]*value="(\d+)"', html)
    assert found is not None
    return found[1]


def do(browser: PageClient, ticket_id: int, what: str, prefix: str = "", **typed: Any) -> Any:
    """Send a form of a ticket's page as it was shown."""
    seen = version(page_of(browser, ticket_id))
    named = {f"{prefix}-{name}" if prefix else name: value for name, value in typed.items()}
    named[f"{prefix}-seen" if prefix else "seen"] = seen
    return browser.post(f"/unit/tickets/{ticket_id}/{what}", data=named)


def result(**changes: Any) -> dict[str, Any]:
    """Return a result as it is typed."""
    return {"public_reply": play.REPLY, "solved": "yes", "once_key": "once", **changes}
