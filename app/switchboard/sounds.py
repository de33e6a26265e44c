"""Where exchanges fetch the numbers' greetings: a list, and each sound, by signed addresses.

The list also says after which deliveries an exchange that is alone tells of the recording.
"""

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.channels import alone_notices, greeting_sounds
from app.core import clock
from app.core.permissions import public
from telephony.port import Exchange
from telephony.sound_addresses import LONGEST_VALID, is_genuine

bp = Blueprint("sounds", __name__, url_prefix="/telephony/sounds")

NOT_SIGNED: ResponseReturnValue = ({"state": "not-signed"}, 401)
# what is behind a name never changes
_KEPT = f"private, max-age={int(LONGEST_VALID.total_seconds())}, immutable"


@bp.get("/<exchange_id>")
@public
def list_sounds(exchange_id: str) -> ResponseReturnValue:
    """Tell which sounds the exchange is to have."""
    if not _is_signed(exchange_id, name=""):
        return NOT_SIGNED
    found = greeting_sounds.sounds_in_use()
    return jsonify(
        sounds=[{"name": each.name, "sha256": each.sha256, "bytes": each.bytes} for each in found],
        notices=alone_notices.delivered_with_notice(exchange_id, clock.now()),
    )


@bp.get("/<exchange_id>/<name>")
@public
def get_sound(exchange_id: str, name: str) -> ResponseReturnValue:
    """Give one sound, also one that was replaced a moment ago."""
    if not _is_signed(exchange_id, name=name):
        return NOT_SIGNED
    content = greeting_sounds.content_of(name)
    return Response(content, mimetype="audio/wav", headers={"Cache-Control": _KEPT})


def _is_signed(exchange_id: str, *, name: str) -> bool:
    exchanges: dict[str, Exchange] = current_app.extensions["hotline.exchanges"]
    exchange = exchanges.get(exchange_id)
    return exchange is not None and is_genuine(
        name,
        secret=exchange.sounds_secret,
        exchange_id=exchange_id,
        until=request.args.get("until", ""),
        signature=request.args.get("signature", ""),
        now=clock.now(),
    )
