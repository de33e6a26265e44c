"""What holds for every page a person can open, in both languages."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.catalogues import keys, read
from tests.conftest import PageClient

# Between them, these may open every page.
READERS = ("shift_leader", "hotline_manager", "auditor")
KEYS = frozenset(keys(read("en")))
# The island draws the whole page; its own tests see to the heading.
DRAWN_BY_AN_ISLAND = {"/desk", "/board"}
# Pieces that a script puts into a page; their own page is looked at.
PARTS = {"/simulator/calls"}
UNLABELLED = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """Notes what the rules below ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep each element with its attributes."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text of the innermost element that was opened last."""
        if self._open:
            self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data

    def named(self, *names: str) -> list[dict[str, str]]:
        """Give the attributes of all elements with these names."""
        return [attributes for tag, attributes in self.tags if tag in names]


def faults_of(page: Page, *, nonce: str) -> list[str]:
    faults = faults_of_fields(page)
    ids = Counter(each["id"] for _, each in page.tags if "id" in each)
    faults += [f"id {name} stands twice" for name, count in ids.items() if count > 1]
    faults += ["a picture without words" for each in page.named("img") if "alt" not in each]
    faults += ["a script without the nonce" for s in page.named("script") if s["nonce"] != nonce]
    return faults


def faults_of_heading(page: Page) -> list[str]:
    title, heading = page.texts.get("title", "").strip(), page.texts.get("h1", "").strip()
    if len(page.named("h1")) != 1:
        return ["not one heading"]
    return [] if heading and title.startswith(heading) else [f"{title!r} is not {heading!r}"]


def faults_of_fields(page: Page) -> list[str]:
    labelled = {each.get("for") for each in page.named("label")}
    faults = [
        f"field {field.get('name')} has no label"
        for field in page.named("input", "select", "textarea")
        if field.get("type") not in UNLABELLED
        and "aria-label" not in field
        and field.get("id") not in labelled
    ]
    return faults + [
        "a form does not say where it goes"
        for form in page.named("form")
        if form.get("method", "get").lower() == "post" and not form.get("action")
    ]


def raw_keys_in(html: str) -> set[str]:
    """Find keys that a person would see instead of a sentence."""
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<(script|code)\b.*?</\1>", " ", html, flags=re.S))
    return {word for word in re.findall(r"[a-z_]+\.[a-z_.-]+[a-z]", text) if word in KEYS}


def pages_of(app: Flask) -> list[str]:
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule not in PARTS
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("role", READERS)
def test_every_page_is_well_made(
    app: Flask, sign_in_as: Callable[..., PageClient], role: str, language: str
) -> None:
    browser = sign_in_as(role, locale=language)
    faults = {}

    for address in pages_of(app):
        answer = browser.get(address, headers={"Accept": "text/html"})
        if answer.is_json or answer.location or "<html" not in answer.text:
            continue  # an answer for a script, a way to another page, a piece of a page
        policy = answer.headers["Content-Security-Policy"]
        [nonce] = re.findall(r"'nonce-([^']+)'", policy)
        page = Page(answer.text)
        found = faults_of(page, nonce=nonce) + sorted(raw_keys_in(answer.text))
        if address not in DRAWN_BY_AN_ISLAND:
            found += faults_of_heading(page)
        if page.named("html")[0].get("lang") != language:
            found.append("another language")
        if found:
            faults[address] = found

    assert faults == {}
