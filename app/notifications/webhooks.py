"""Where carriers report what became of messages: one signed POST, with one report or many.

Answers are for the carrier: 200 heard, 401 not signed or not fresh, 409 the very same request was
heard before, 413 and 422 as HTTP says. A report of a message that we do not know is counted, and
no fault: a carrier may serve others too.
"""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.database import unit_of_work
from app.core.extensions import csrf, limiter
from app.core.forms import plain
from app.core.handed_down import given
from app.core.permissions import public
from app.core.signed_requests import AlreadyHeard, NotSigned, hear_once, signature_of
from app.handling.visit_keys import MOST_KEYS
from app.notifications import reporting
from app.notifications.occasions import Way
from app.notifications.report_secrets import ReportSecrets
from app.notifications.reporting import Fate, Report

bp = Blueprint("reports", __name__)

LARGEST = 256 * 1024
MOST_AT_ONCE = 500
FORGERIES = "60 per minute"
FORGED = 401


@bp.post("/telephony/reports/<way>")
@public
@limiter.limit(FORGERIES, deduct_when=lambda answer: answer.status_code == FORGED)
def hear_reports(way: str) -> ResponseReturnValue:
    """Take reports from the carrier of a way, which signs them."""
    try:
        signature = signature_of(
            name=f"reports/{way}", secret=given(ReportSecrets).of(way), largest=LARGEST
        )
    except NotSigned:
        return {"state": "not-signed"}, FORGED
    reports = _read(request.get_json(silent=True))
    if reports is None:
        return {"state": "unfit"}, 422
    try:
        with unit_of_work():
            hear_once(signature)
            known = sum(reporting.hear(each, way=Way(way)) for each in reports)
    except AlreadyHeard:
        return {"state": "already-heard"}, 409
    return {"state": "heard", "known": known, "unknown": len(reports) - known}


def _read(said: Any) -> list[Report] | None:
    rows = said.get("reports", [said]) if isinstance(said, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_AT_ONCE:
        return None
    reports = [_one(row) for row in rows]
    return None if None in reports else [each for each in reports if each is not None]


def _one(row: Any) -> Report | None:
    if not isinstance(row, dict) or not plain(row.get("key")):
        return None
    try:
        fate = Fate(plain(row.get("state")))
    except ValueError:
        return None
    return Report(
        key=plain(row["key"])[:36],
        fate=fate,
        detail=plain(row.get("detail")),
        keys=plain(row.get("keys"))[:MOST_KEYS],
    )


csrf.exempt(hear_reports)  # a signature stands in the place of a page's token
