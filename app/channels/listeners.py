"""After a change of the register: what it said before is forgotten."""

from app.channels import events
from app.channels.numbers_lately import NumbersLately
from app.core.events import listen_after_save
from app.core.handed_down import given


def register() -> None:
    """Hear whatever may change what a dialled number means."""
    for change in (
        events.NumberRegistered,
        events.NumberEdited,
        events.NumberModeSet,
        events.NumberStateSet,
        events.LandingAdded,
        events.LandingEnded,
    ):
        listen_after_save(change, _forget)


def _forget(_change: object) -> None:
    given(NumbersLately).forget()
