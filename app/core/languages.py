"""Which language a person reads, and the catalogues compiled when they are older than their source.

Messages have keys, not sentences, as their names: `sign_in.title`. Both catalogues hold every key.
"""

import os
import tempfile
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, request, session
from flask_babel import get_locale

from app.core.clock import TIME_ZONE
from app.core.extensions import babel
from app.core.sign_in import signed_in_person

FIRST_LANGUAGE = "zh-CN"
LOCALES = {"zh-CN": "zh_Hans_CN", "en": "en"}
COOKIE = "hotline_language"


def init_app(app: Flask, *, catalogues: Path) -> None:
    """Compile what is out of date and choose a language at each request."""
    compile_catalogues(catalogues)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(catalogues)
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[FIRST_LANGUAGE]
    app.config["BABEL_DEFAULT_TIMEZONE"] = TIME_ZONE
    babel.init_app(app, locale_selector=_choose_locale)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.globals["current_language"] = current_language
    app.jinja_env.globals["languages"] = tuple(LOCALES)


def choose_language(*, own: str | None, kept: str | None, accepted: list[str]) -> str:
    """Choose: the person's own choice, else the browser's kept one, else what it accepts.

    `accepted` holds the tags of Accept-Language, best first. Pure.
    """
    for wish in (own, kept):
        if wish in LOCALES:
            return wish
    for tag in accepted:
        # Browsers send zh-CN, zh-Hans-CN, zh-TW or only zh; all Chinese readers get ours.
        short = tag.replace("_", "-").split("-")[0].lower()
        if short in {"zh", "en"}:
            return FIRST_LANGUAGE if short == "zh" else "en"
    return FIRST_LANGUAGE


def current_language() -> str:
    """Return the language of this request as a web tag: `zh-CN` or `en`."""
    locale = get_locale()
    found = [web for web, name in LOCALES.items() if locale and Locale.parse(name) == locale]
    return found[0] if found else FIRST_LANGUAGE


def _choose_locale() -> str:
    person = signed_in_person()
    language = choose_language(
        own=person.locale if person else None,
        kept=session.get("language") or request.cookies.get(COOKIE),
        accepted=list(request.accept_languages.values()),
    )
    return LOCALES[language]


def compile_catalogues(folder: Path) -> list[Path]:
    """Write messages.mo wherever messages.po is newer; return what was written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], domain="messages")
        # Several processes may start at once: each writes its own file and renames it.
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".mo.part")
        with os.fdopen(handle, "wb") as file:
            write_mo(file, catalogue)
        Path(name).chmod(0o644)
        Path(name).replace(target)
        written.append(target)
    return written
