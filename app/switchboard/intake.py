"""Where a call at the door goes: the number register answers (decision 4)."""

import logging

from flask import Flask

from app.channels import service as channels
from app.core import clock
from telephony.port import Ask, IncomingCall, IntakeAction, IntakeAnswer

logger = logging.getLogger(__name__)


def make_ask(app: Flask) -> Ask:
    """Return the question that exchanges ask about each new call."""

    def ask(call: IncomingCall) -> IntakeAnswer:
        with app.app_context():
            line = channels.recognise_number(call.dialled_number, clock.now())
        if line is None:
            # A citizen who reached us is never turned away because a register has a hole.
            logger.warning("number not in the register", extra={"dialled": call.dialled_number})
        return IntakeAnswer(action=IntakeAction.QUEUE)

    return ask
