"""What this room does when others publish: the messages of what happened, within its save."""

from app.core.events import listen_within_save
from app.notifications.occasions import Occasion
from app.notifications.telling import Cause, tell
from app.tickets.events import TicketOpened


def register() -> None:
    """Listen to what somebody has to be told."""
    listen_within_save(TicketOpened, _ticket_opened)


def _ticket_opened(event: TicketOpened) -> None:
    tell(
        Cause(
            occasion=Occasion.TICKET_OPENED,
            key=f"t{event.ticket_id}",
            ticket_id=event.ticket_id,
        )
    )
