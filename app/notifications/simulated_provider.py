"""A provider without wires: it keeps what it was given, for the page that shows it."""

from app.core import clock
from app.core.database import db, unit_of_work
from app.notifications.models import SimulatedMessage
from app.notifications.provider import Outgoing

SIMULATOR = "simulator"


class SimulatedProvider:
    """Takes every message. The same key again is the same message, as with a good gateway."""

    name = SIMULATOR
    patience = 15.0

    def send(self, message: Outgoing) -> None:
        """Keep it. Needs an app context, and no open save."""
        with unit_of_work():
            known = db.session.get(SimulatedMessage, message.key, with_for_update=True)
            if known is not None:
                known.times += 1
                return
            db.session.add(
                SimulatedMessage(
                    key=message.key,
                    way=message.way,
                    address=message.address,
                    subject=message.subject,
                    body=message.body,
                    first_at=clock.now(),
                    times=1,
                )
            )
