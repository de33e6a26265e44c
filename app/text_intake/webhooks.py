"""Where the gateways of channels bring messages: one signed POST each, repeated until taken.

Answers are for the gateway: 201 kept, 200 had it already, 401 not signed or not fresh, 404 no such
channel, 409 the very same request was heard before, 413 and 422 as HTTP says.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.channel_entries.refusals import NoSuchChannel
from app.core.database import unit_of_work
from app.core.extensions import csrf, limiter
from app.core.forms import plain
from app.core.handed_down import given
from app.core.permissions import public
from app.core.signed_requests import AlreadyHeard, NotSigned, hear_once, signature_of
from app.text_intake import service
from app.text_intake.message_secrets import MessageSecrets
from app.text_intake.refusals import MessageUnfit
from app.text_intake.service import NewMessage

bp = Blueprint("message_hooks", __name__)

LARGEST = 64 * 1024
FORGERIES = "60 per minute"
FORGED = 401


@bp.post("/telephony/messages/<channel>")
@public
@limiter.limit(FORGERIES, deduct_when=lambda answer: answer.status_code == FORGED)
def hear_message(channel: str) -> ResponseReturnValue:
    """Take a message from a channel's gateway that signs it."""
    try:
        signature = signature_of(
            name=channel, secret=given(MessageSecrets).of(channel), largest=LARGEST
        )
    except NotSigned:
        return {"state": "not-signed"}, FORGED
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        return {"state": "unfit", "field": "body"}, 422
    new = NewMessage(
        channel=channel,
        key=plain(said.get("id")),
        sender=plain(said.get("sender")),
        sender_name=plain(said.get("name")),
        text=plain(said.get("text")),
    )
    try:
        with unit_of_work():
            hear_once(signature)
            message, is_new = service.hear(new)
            message_id = message.id
    except AlreadyHeard:
        return {"state": "already-heard"}, 409
    except NoSuchChannel:
        return {"state": "no-such-channel"}, 404
    except MessageUnfit as refusal:
        return {"state": "unfit", "field": refusal.field}, 422
    return {"state": "kept" if is_new else "known", "id": message_id}, 201 if is_new else 200


csrf.exempt(hear_message)  # a signature stands in the place of a page's token
