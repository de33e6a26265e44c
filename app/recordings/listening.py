"""Who asks at this request, and what the role allows of recordings."""

from app.core.permissions import Permission, may
from app.core.sign_in import the_person
from app.recordings.hearing import Listener


def listener_now() -> Listener:
    """Return the person at this request as a listener."""
    return Listener(
        person_id=the_person().id,
        hears_all=may(Permission.RECORDINGS_PLAY_ALL),
        hears_of_tickets=may(Permission.RECORDINGS_PLAY_OF_TICKETS),
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
