"""Which language a person reads; and both catalogues say everything."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.errors import Refusal
from app.core.languages import choose_language, compile_catalogues
from app.core.permissions import Role
from app.core.sign_in import SessionEnd
from app.handling.telling_figures import CODES
from tests.catalogues import keys, read

LOCALES = ("zh_Hans_CN", "en")
SOURCES = [*Path("app").rglob("*.py"), *Path("knowledge_base").rglob("*.py")]
TEMPLATES = sorted(Path("app/templates").rglob("*.html"))
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

# Keys that are put together while the program runs: where they come from.
COMPOSED = {
    "role.": [str(role) for role in Role],
    "error.title_": ["400", "401", "403", "404", "405", "409", "413", "429", "500", "503"],
    "notifications.provider_": ["http", "smtp", "report", "simulator"],
    "sign_in.ended_": [str(end) for end in SessionEnd],
    "telling.name_": list(CODES),
    "telling.says_": list(CODES),
}


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for each in kind.__subclasses__():
        yield from refusals(each)


def used_keys() -> Iterator[tuple[str, str]]:
    """Find every key that a page, a form or a view asks for in so many words."""
    asked = re.compile(r"""(?:\b_|gettext)\(\s*["']([a-z][\w.-]*\.[\w.-]*)["']\s*(~|,|\))""")
    for path in [*TEMPLATES, *SOURCES]:
        for key, after in asked.findall(path.read_text(encoding="utf-8")):
            if after != "~":
                yield key, str(path)


@pytest.mark.parametrize(
    ("own", "kept", "accepted", "language"),
    [
        ("en", "zh-CN", ["zh-CN"], "en"),
        (None, "en", ["zh-CN"], "en"),
        (None, None, ["zh-CN", "en"], "zh-CN"),
        (None, None, ["zh-Hans-CN"], "zh-CN"),
        (None, None, ["fr", "en-GB"], "en"),
        (None, None, ["fr"], "zh-CN"),
        (None, None, [], "zh-CN"),
        (None, "klingon", ["en"], "en"),
    ],
)
def test_the_persons_choice_counts_first_then_the_browsers(
    own: str | None, kept: str | None, accepted: list[str], language: str
) -> None:
    assert choose_language(own=own, kept=kept, accepted=accepted) == language


def test_both_catalogues_hold_the_same_keys() -> None:
    assert set(keys(read("zh_Hans_CN"))) == set(keys(read("en")))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_is_empty_or_only_its_key(locale: str) -> None:
    assert [key for key, text in keys(read(locale)).items() if not text or text == key] == []


def test_both_languages_fill_in_the_same_things() -> None:
    zh, en = keys(read("zh_Hans_CN")), keys(read("en"))

    differing = [
        key
        for key in zh
        if set(PLACEHOLDER.findall(zh[key])) != set(PLACEHOLDER.findall(en.get(key, "")))
    ]
    assert differing == []


def test_the_chinese_catalogue_is_chinese_and_the_english_one_is_not() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")

    zh = [key for key, text in keys(read("zh_Hans_CN")).items() if not chinese.search(text)]
    en = [key for key, text in keys(read("en")).items() if chinese.search(text)]
    assert en == []
    assert zh == []


def test_every_key_a_page_or_form_asks_for_exists() -> None:
    known = set(keys(read("en")))

    assert [(key, where) for key, where in used_keys() if key not in known] == []


@pytest.mark.parametrize("beginning", COMPOSED)
def test_every_key_put_together_at_run_time_exists(beginning: str) -> None:
    known = set(keys(read("en")))

    assert [end for end in COMPOSED[beginning] if beginning + end not in known] == []


@pytest.mark.usefixtures("app")
def test_every_refusal_has_its_sentence() -> None:
    known = set(keys(read("en")))
    ours = {kind.code for kind in refusals() if kind.__module__.startswith(("app", "knowledge"))}

    assert {code for code in ours if f"refusal.{code}" not in known} == set()


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "messages.po"
    source.write_text('msgid "a.b"\nmsgstr "first"\n', encoding="utf-8")

    assert compile_catalogues(tmp_path) == [folder / "messages.mo"]
    assert compile_catalogues(tmp_path) == []

    later = source.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert compile_catalogues(tmp_path) == [folder / "messages.mo"]
    assert sorted(path.name for path in folder.iterdir()) == ["messages.mo", "messages.po"]


def test_a_browser_keeps_its_language_before_anybody_signs_in(client: FlaskClient) -> None:
    first = client.get("/sign-in", headers={"Accept-Language": "fr"})
    assert '<html lang="zh-CN"' in first.text
    client.learn_token(first.text)  # type: ignore[attr-defined]

    answer = client.post("/language", data={"locale": "en", "next": "/sign-in?as=1"})

    assert answer.location == "/sign-in?as=1"
    assert '<html lang="en"' in client.get("/sign-in").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_choosing_a_language_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    client.learn_token(client.get("/sign-in").text)  # type: ignore[attr-defined]

    answer = client.post("/language", data={"locale": "en", "next": target})

    assert answer.location == "/"


@pytest.mark.parametrize(
    ("refused_at", "page"),
    [
        ("/unit/tickets/7/result", "/unit/tickets/7"),
        ("/misuse/2/appeals/3", "/misuse/2"),
        ("/administration/codes/break/meal/end", "/administration/codes/break/meal"),
        ("/dispatch-merge", "/"),
        ("/tickets?state=closed", "/tickets?state=closed"),
    ],
)
def test_the_language_is_changed_on_a_page_whose_form_was_refused_and_leads_to_what_can_be_read(
    client: FlaskClient, refused_at: str, page: str
) -> None:
    client.learn_token(client.get("/sign-in").text)  # type: ignore[attr-defined]

    answer = client.post("/language", data={"locale": "en", "next": refused_at})

    assert (answer.status_code, answer.location) == (302, page)


def test_a_language_we_do_not_speak_is_refused(app: Flask, client: FlaskClient) -> None:
    client.learn_token(client.get("/sign-in").text)  # type: ignore[attr-defined]

    answer = client.post("/language", data={"locale": "xx"})

    assert answer.status_code == 422
    assert app.config["BABEL_DEFAULT_LOCALE"] == "zh_Hans_CN"
