"""Every page says who may open it, stays where it was, and is made of templates in use."""

import json
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.architecture.tree import files

ROUTES = Path(__file__).with_name("route-list.json")
TEMPLATES = Path("app/templates")


def routes(app: Flask) -> dict[str, str]:
    """Say for each method and address what it asks for."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[f"{method} {rule.rule}"] = str(getattr(view, "required_permission", "NOTHING"))
    return dict(sorted(found.items()))


def test_every_page_says_who_may_open_it(app: Flask) -> None:
    assert [page for page, asked in routes(app).items() if asked == "NOTHING"] == []


def test_no_page_has_moved_or_changed_its_door_unnoticed(app: Flask) -> None:
    """If the change is meant, run this once with REWRITE_ROUTE_LIST=yes and look at the diff."""
    if os.environ.get("REWRITE_ROUTE_LIST") == "yes":
        ROUTES.write_text(json.dumps(routes(app), indent=1) + "\n", encoding="utf-8")
    assert routes(app) == json.loads(ROUTES.read_text(encoding="utf-8"))


def test_every_change_goes_by_a_method_that_csrf_guards(app: Flask) -> None:
    exempt = {
        name for name in app.extensions["csrf"]._exempt_views if not name.startswith("flask_")
    }

    for name in exempt:
        endpoints = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if f"{app.view_functions[rule.endpoint].__module__}."
            f"{app.view_functions[rule.endpoint].__name__}" == name
        ]
        assert all(rule.startswith(("/telephony/", "/api/")) for rule in endpoints), name


@pytest.mark.parametrize("path", files("app/templates", ending=".html"), ids=str)
def test_templates_carry_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"\|\s*safe\b", text) == []


@pytest.mark.parametrize("path", files("app/templates", ending=".html"), ids=str)
def test_templates_hold_keys_and_no_sentences_of_their_own(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    # The names of the languages are written in their own language, whoever reads.
    text = text.replace("'中文'", "")

    assert re.findall(r"[\u4e00-\u9fff]+", text) == []
    outside = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", text, flags=re.S)
    words = re.sub(r"&\w+;", " ", outside)
    assert re.findall(r"[A-Za-z]{3,}", words) == []


def test_every_template_is_used() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for path in [
            *files("app", "knowledge_base"),
            *files("app/templates", ending=".html"),
        ]
    ]

    unused = [
        str(path)
        for path in files("app/templates", ending=".html")
        if not any(str(path.relative_to(TEMPLATES)) in source for source in sources)
    ]
    assert unused == []


@pytest.mark.parametrize("path", files("app/templates", ending=".html"), ids=str)
def test_every_macro_that_is_imported_is_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    imported = re.findall(
        r"\{%-?\s*from\s+'[^']+'\s+import\s+([^%]+?)(?:\s+with context)?\s*-?%\}", text
    )

    for names in imported:
        for name in names.split(","):
            assert len(re.findall(rf"\b{name.strip()}\(", text)) >= 1, name
