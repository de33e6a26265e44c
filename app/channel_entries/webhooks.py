"""The interface of channel units: signed requests of JSON (docs/channel-interface.md).

Answers: 200 heard (each case with what became of it), 401 not signed or not fresh, 403 a person
who may not, 404 no such channel or case, 409 heard before, or against the state of the case, 413,
422 and 429 as HTTP says. Errors are sentences for people.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.channel_entries import case_interface
from app.channel_entries.case_interface import Answer, Sender
from app.channel_entries.interface_secrets import InterfaceSecrets
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Refusal
from app.core.extensions import csrf, limiter
from app.core.forms import plain
from app.core.handed_down import given
from app.core.judged_sheets import Outcome
from app.core.permissions import public
from app.core.signed_requests import NotSigned, hear_once, signature_of

bp = Blueprint("case_hooks", __name__, url_prefix="/api/channels")

LARGEST = 512 * 1024
MOST_CASES = 50
FORGED = 401
FORGERIES = "60 per minute"
PER_CHANNEL = "120 per minute"


def _channel_at_request() -> str:
    return f"interface:{(request.view_args or {}).get('channel', '')[:32]}"


_by_channel = limiter.shared_limit(
    PER_CHANNEL,
    scope="channel-interface",
    key_func=_channel_at_request,
    deduct_when=lambda answer: answer.status_code != FORGED,  # nobody uses up another's share
)
_against_forgery = limiter.shared_limit(
    FORGERIES,
    scope="channel-forgeries",
    deduct_when=lambda answer: answer.status_code == FORGED,
)


@bp.post("/<channel>/cases")
@public
@_by_channel
@_against_forgery
def hear_cases(channel: str) -> ResponseReturnValue:
    """Take cases: each is judged and saved for itself."""

    def hear(said: Mapping[str, Any], sender: Sender) -> ResponseReturnValue:
        cases = said.get("cases")
        fits = isinstance(cases, list) and 0 < len(cases) <= MOST_CASES
        if not fits or not all(isinstance(each, dict) for each in cases or ()):
            return _refused("interface-unfit", 422, field="cases", most=MOST_CASES)
        answers = [_hear_one(each, sender) for each in cases or ()]
        is_any_right = any(each.outcome is not Outcome.WRONG for each in answers)
        return {"cases": [_wire(each) for each in answers]}, 200 if is_any_right else 422

    return _heard(channel, "cases", hear)


@bp.post("/<channel>/process")
@public
@_by_channel
@_against_forgery
def hear_process(channel: str) -> ResponseReturnValue:
    """Take what the channel did with a case of its own."""
    return _heard(channel, "process", _saved(case_interface.hear_process))


@bp.post("/<channel>/result")
@public
@_by_channel
@_against_forgery
def hear_result(channel: str) -> ResponseReturnValue:
    """Take what came of a case of the channel's own."""
    return _heard(channel, "result", _saved(case_interface.hear_result))


@bp.post("/<channel>/status")
@public
@_by_channel
@_against_forgery
def tell_status(channel: str) -> ResponseReturnValue:
    """Say how far a case has come."""
    return _heard(
        channel,
        "status",
        lambda said, sender: case_interface.status_of(case_interface.number_in(said), sender),
    )


Hear = Callable[[Mapping[str, Any], Sender], ResponseReturnValue]


def _heard(channel: str, asked: str, hear: Hear) -> ResponseReturnValue:
    """Let a signed request in, once, with whoever it names; refusals become sentences."""
    try:
        secret = given(InterfaceSecrets).of(channel)
        signature = signature_of(name=f"{channel}/{asked}", secret=secret, largest=LARGEST)
        said = request.get_json(silent=True)
        if not isinstance(said, dict):
            return _refused("interface-unfit", 422, field="", most=MOST_CASES)
        sender = case_interface.sender_of(channel, plain(said.get("by")))
        with unit_of_work():
            hear_once(signature)
        return hear(said, sender)
    except NotSigned as refusal:
        return _refused(refusal.code, FORGED)
    except Refusal as refusal:
        return _refused(
            refusal.code, refusal.status, field=refusal.field or "", **refusal.parameters
        )


def _saved(hear: Callable[[Mapping[str, Any], Sender], Answer]) -> Hear:
    def saved(said: Mapping[str, Any], sender: Sender) -> ResponseReturnValue:
        with unit_of_work():
            return _wire(hear(said, sender))

    return saved


def _hear_one(said: Mapping[str, Any], sender: Sender) -> Answer:
    try:
        with unit_of_work():
            return case_interface.hear_case(said, sender)
    except Refusal as refusal:
        return case_interface.refused(said, refusal)


def _wire(answer: Answer) -> dict[str, Any]:
    return {
        "source_no": answer.source_no,
        "outcome": str(answer.outcome),
        "number": answer.number,
        "check_code": answer.check_code,
        "errors": [{"field": name, "message": said} for name, said in answer.errors],
    }


def _refused(
    code: str, status: int, *, field: str = "", **parameters: object
) -> ResponseReturnValue:
    message = sentence(code, parameters)
    return {"error": {"code": code, "field": field, "message": message}}, status


for view in (hear_cases, hear_process, hear_result, tell_status):
    csrf.exempt(view)  # a signature stands in the place of a page's token
