"""Turns every refusal and every fault into a page or JSON, once, in the reader's language."""

import logging
from collections.abc import Mapping

from flask import (
    Flask,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.database import gave_way
from app.core.errors import Refusal, TryAgain
from app.core.log_setup import request_id
from app.core.permissions import Door, PasswordChangeDue, SignInNeeded
from app.core.sign_in import signed_in_person, why_signed_out

logger = logging.getLogger(__name__)

CODES_OF_HTTP = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "bad-request",
    429: "too-many-requests",
}


def init_app(app: Flask, *, sign_in_page: str, password_page: str) -> None:
    """Register the one place for errors. The two pages are endpoints."""
    app.config["SIGN_IN_PAGE"] = sign_in_page
    app.config["PASSWORD_PAGE"] = password_page
    app.register_error_handler(Refusal, _answer_refusal)
    app.register_error_handler(SignInNeeded, _answer_nobody)
    app.register_error_handler(PasswordChangeDue, _answer_due_password)
    app.register_error_handler(CSRFError, _answer_csrf)
    app.register_error_handler(DBAPIError, _answer_database)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(InternalServerError, _answer_fault)


def wants_json() -> bool:
    """Say whether a script asks and not a person who follows a link."""
    headers = request.headers
    if request.is_json or "X-Requested-With" in headers:
        return True
    accept = request.accept_mimetypes
    if "text/html" in accept.values():
        return accept["application/json"] > accept["text/html"]
    return "application/json" in accept.values() or headers.get("Sec-Fetch-Dest") == "empty"


def sentence(code: str, parameters: Mapping[str, object] | None = None) -> str:
    """Say a refusal in the reader's language; a gap in its parameters must not hide it."""
    try:
        return str(gettext(f"refusal.{code}", **(parameters or {})))
    except (KeyError, TypeError, ValueError):
        logger.exception("a refusal lacks a parameter", extra={"refusal": code})
        return str(gettext("refusal.refused"))


def refusal_body(
    code: str,
    *,
    field: str | None = None,
    parameters: Mapping[str, object] | None = None,
    fields: Mapping[str, list[str]] | None = None,
) -> dict[str, object]:
    """Make the JSON that every refused request answers with."""
    return {
        "refusal": {
            "code": code,
            "message": sentence(code, parameters),
            "field": field,
            "parameters": dict(parameters or {}),
            "fields": dict(fields or {}),
        }
    }


def _answer(
    status: int,
    code: str,
    *,
    parameters: Mapping[str, object] | None = None,
    field: str | None = None,
    fields: Mapping[str, list[str]] | None = None,
) -> ResponseReturnValue:
    if wants_json():
        body = refusal_body(code, field=field, parameters=parameters, fields=fields)
        return jsonify(body), status
    told = sentence(code, parameters)
    page = render_template(
        "errors/refused.html",
        status=status,
        message=told,
        fields=fields,
        leads_home=not _is_public(),  # a citizen has no business at the staff's door
    )
    return page, status


def _answer_refusal(refusal: Refusal) -> ResponseReturnValue:
    return _answer(
        refusal.status,
        refusal.code,
        parameters=refusal.parameters,
        field=refusal.field,
        fields=getattr(refusal, "fields", None),
    )


def _answer_nobody(refusal: SignInNeeded) -> ResponseReturnValue:
    if wants_json():
        return _answer_refusal(refusal)
    if ended := why_signed_out():
        flash(gettext(f"sign_in.ended_{ended}"), "warning")
    going_to = request.full_path.rstrip("?") if request.method == "GET" else None
    return _to_page("SIGN_IN_PAGE", going_to=going_to if going_to != "/" else None)


def _answer_due_password(refusal: PasswordChangeDue) -> ResponseReturnValue:
    return _answer_refusal(refusal) if wants_json() else _to_page("PASSWORD_PAGE")


def _to_page(name: str, *, going_to: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(current_app.config[name], next=going_to))


def _answer_csrf(_error: CSRFError) -> ResponseReturnValue:
    # A session that ended took its token along: the truth is that nobody is signed in.
    if signed_in_person() is None and not _is_public():
        return _answer_nobody(SignInNeeded())
    return _answer(400, "csrf")


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "required_permission", None) == Door.PUBLIC)


def _answer_database(fault: DBAPIError) -> ResponseReturnValue:
    """Ask for one more try where only the moment was wrong; any other fault stays a fault."""
    if not gave_way(fault):
        raise fault
    logger.warning("a save gave way to another", extra={"fault": type(fault.orig).__name__})
    answer = make_response(_answer_refusal(TryAgain()))
    answer.headers["Retry-After"] = "1"
    return answer


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error.get_response()
    return _answer(status, CODES_OF_HTTP.get(status, "refused"))


def _answer_fault(_error: InternalServerError) -> ResponseReturnValue:
    """Give a number under which the fault stands in the log."""
    reference = request_id()
    parameters = {"reference": reference}
    g.has_no_database = True  # perhaps it is what broke: this page asks it for nothing
    try:
        return _answer(500, "broken", parameters=parameters)
    except Exception:
        # What broke may be the layout itself; the person still gets the number.
        logger.exception("the page about a fault failed too")
        return sentence("broken", parameters), 500, {"Content-Type": "text/plain; charset=utf-8"}
