"""Where exchanges without a line to us bring their news: they call, we save, then we answer.

The news is saved before the exchange hears what to do: a save that fails is answered with an error,
and the exchange goes on alone (ADR 0020). Any process may be called, whether on duty or not.
"""

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue

from app.calls.provider_events import apply_news
from app.core.database import unit_of_work
from app.core.extensions import csrf, limiter
from app.core.permissions import public
from app.switchboard.intake import make_ask
from app.switchboard.listeners import PLACE
from telephony.events import RecordingReady
from telephony.port import Exchange, ExchangeRefused, WebhookReader, WebhookReply

bp = Blueprint("telephony_hooks", __name__)

FORGERIES = "30 per minute"
FORGED_STATUS = 403


@bp.post("/telephony/hooks/<exchange_id>/<hook>")
@public
@limiter.limit(FORGERIES, deduct_when=lambda answer: answer.status_code == FORGED_STATUS)
def hear_exchange(exchange_id: str, hook: str) -> ResponseReturnValue:  # noqa: ARG001 - in the URL
    """Take what an exchange tells, and answer what it shall do."""
    exchanges: dict[str, Exchange] = current_app.extensions["hotline.exchanges"]
    exchange = exchanges.get(exchange_id)
    if exchange is None or exchange.webhooks is None:
        return {"state": "no-such-hook"}, 404
    try:
        reply = _read(exchange.webhooks)
    except ExchangeRefused as why:
        is_forged = why.code == "forged"
        return {"state": why.code}, FORGED_STATUS if is_forged else 404
    if reply.news:
        with unit_of_work():
            apply_news(reply.news)
            for ready in reply.news:
                if isinstance(ready, RecordingReady):
                    current_app.extensions[PLACE].note_recording(ready)
    return reply.body, 200, {"Content-Type": reply.content_type}


csrf.exempt(hear_exchange)  # a signature stands in the place of a page's token


def _read(reader: WebhookReader) -> WebhookReply:
    query = request.query_string.decode("ascii", errors="replace")
    url = request.base_url + (f"?{query}" if query else "")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy
    return reader.read(
        url,
        request.form.to_dict(),
        request.headers.get(reader.signature_header, ""),
        make_ask(app),
    )
