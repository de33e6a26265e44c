"""Reads what a page asks in JSON: made safe, checked by a form, refused in the page's language."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.core.forms import FormRefused
from app.workstation.wire_input import carried, odd_fields, plain_fields

F = TypeVar("F", bound=Form)


def asked_body() -> Mapping[str, Any]:
    """Return what the page sent; an empty one for anything that is no object."""
    try:
        asked = carried(request.get_json(silent=True))
    except RecursionError:  # deeper than anything a page sends
        return {}
    return asked if isinstance(asked, dict) else {}


def word(given: object) -> str | None:
    """Read a short word, or None."""
    return given[:32] if isinstance(given, str) and given else None


def whole(given: object) -> int:
    """Read a number or an id; 0, which names nothing, for anything else a script may send."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def checked(kind: type[F]) -> F:
    """Fill a form from the JSON body; raises FormRefused with the sentences per field."""
    form, wrong = filled_form(kind, asked_body())
    if wrong:
        raise FormRefused(wrong)
    return form


def filled_form(kind: type[F], asked: Mapping[str, Any]) -> tuple[F, dict[str, list[str]]]:
    """Fill a form from a JSON object; return it with the sentences of its wrong fields."""
    if odd := odd_fields(asked):
        return kind(), {name: [gettext("form.not-offered")] for name in odd}
    form = kind(formdata=MultiDict(plain_fields(asked)))
    if form.validate():
        return form, {}
    return form, {str(name): [str(each) for each in told] for name, told in form.errors.items()}
