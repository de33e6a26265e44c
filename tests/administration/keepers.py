"""What the tests of administration share: a keeper's browser, forms read from a page."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from app.channels import service as channels
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import code_register
from app.rules import service as rules

if TYPE_CHECKING:
    from tests.conftest import PageClient

HTML = {"Accept": "text/html"}
A_LOT = "长" * 100_000
SCRIPT = "<script>alert(1)</script>"


def load_lists() -> None:
    """Units, numbers and codes as they are shipped."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        rules.load_wrap_up_codes()
        code_register.load_codes()
        channels.load_numbers()


def page(browser: "PageClient", path: str) -> str:
    """Open a page."""
    answer = browser.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def send(browser: "PageClient", path: str, **data: Any) -> Any:
    """Send a form as a person does."""
    return browser.post(path, data=data, headers=HTML)


def seen_in(html: str) -> str:
    """Return the mark that the form of a page carries."""
    [mark] = set(re.findall(r'name="seen"[^>]*value="([^"]*)"', html))
    return str(mark)


def errors_of(html: str, field: str) -> str:
    """Return what is said beside a field; empty when nothing is."""
    found = re.search(rf'id="{field}-error">(.*?)</div>\s*</div>', html, re.S)
    found = found or re.search(rf'id="{field}-error">(.*?)</div>', html, re.S)
    return unescape(re.sub(r"<[^>]*>", " ", found[1])).strip() if found else ""


def value_of(html: str, field: str) -> str:
    """Return what a field of a page holds."""
    found = re.search(rf'<input[^>]*id="{field}"[^>]*>', html)
    assert found, f"no field {field}"
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""
