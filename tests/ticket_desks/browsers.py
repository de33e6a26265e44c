"""Browsers of the desks, and what a page of theirs says."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from app.core.permissions import Role
from app.handling.acting import Doer
from app.organisation import service as organisation
from tests.conftest import PageClient
from tests.handling.cast import Cast

HTML = {"Accept": "text/html"}


class Desks:
    """Signs people in: a role at the hotline, or at the unit with this code."""

    def __init__(self, cast: Cast, sign_in_as: Callable[..., PageClient]) -> None:
        self.cast = cast
        self._sign_in_as = sign_in_as

    def at(self, role: str, unit: str = "hotline") -> PageClient:
        """Return a browser in which somebody of this role has signed in."""
        return self._sign_in_as(role, unit_id=organisation.find_unit_by_code(unit).id)


def doer_in(browser: PageClient) -> Doer:
    """Return who has signed in."""
    person = browser.person
    return Doer(user_id=person.id, role=Role(person.role), unit_id=person.unit_id)


def page(browser: PageClient, path: str, status: int = 200) -> str:
    """Open a page."""
    answer = browser.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def send(browser: PageClient, path: str, **data: Any) -> Any:
    """Send a form as a person does."""
    return browser.post(path, data=data, headers=HTML)


def seen_in(html: str, form: str = "dispatch") -> str:
    """Return the version that a form of the page carries."""
    name = f"{form}-seen" if form else "seen"
    found = re.search(rf'name="{name}"[^>]*value="(\d+)"', html)
    assert found, html
    return found[1]


def words(html: str) -> str:
    """Return what a person reads of a page."""
    body = html[html.index("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))


def errors_of(html: str, field: str) -> str:
    """Return what is said beside a field; empty when nothing is."""
    found = re.search(rf'id="{field}-error">(.*?)</div>\s*</div>', html, re.S)
    return unescape(re.sub(r"<[^>]*>", " ", found[1])).strip() if found else ""


def typed_in(html: str, field: str) -> str:
    """Return what a field of the page holds."""
    text = re.search(rf'<textarea[^>]*id="{field}"[^>]*>(.*?)</textarea>', html, re.S)
    if text:
        return unescape(text[1]).strip()
    found = re.search(rf'<input[^>]*id="{field}"[^>]*>', html)
    assert found, f"no field {field}"
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""
