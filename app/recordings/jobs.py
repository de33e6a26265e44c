"""Bring recordings in from exchanges that keep them for us."""

import logging

from app.core.database import unit_of_work
from app.recordings import service
from app.recordings.recording_names import BadRecordingName
from telephony.events import RecordingReady
from telephony.port import Exchange

logger = logging.getLogger(__name__)


def collect_recording(exchange: Exchange, ready: RecordingReady) -> None:
    """Fetch a finished recording, save it, then let the exchange forget it.

    An edge of its own, in an app context: no transaction is open while the exchange is asked.
    Nothing is done for an exchange without a store; such a one brings its recordings by upload.
    Raises ExchangeRefused when the exchange does not hand it over. A recording that differs from
    the one we have stays with the exchange.
    """
    if exchange.recordings is None:
        return
    try:
        parts = service.name_of(ready.recording_name, exchange_id=exchange.exchange_id)
    except BadRecordingName:
        logger.exception("a recording cannot be linked", extra={"recording": ready.recording_name})
        return
    content = exchange.recordings.fetch(ready.recording_name)
    brought = service.prepare_recording(parts, content)
    try:
        with unit_of_work():
            service.receive_prepared(brought)
    except service.RecordingDiffers:
        return  # the service has told, and put it aside
    exchange.recordings.discard(ready.recording_name)
