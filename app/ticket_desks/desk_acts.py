"""Does an act of a desk: saved, or refused beside its field with nothing of what was typed lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import tell
from app.core.sign_in import the_person
from app.handling import acting
from app.handling.acting import Doer
from app.privacy import service as privacy
from app.privacy.looks import Deed
from app.tickets import reading
from app.tickets.service import Ticket

LONGEST_VERSION = 9
UNKNOWN_VERSION = 0


def doer() -> Doer:
    """Return who acts at this request."""
    return acting.doer_of(the_person())


def seen_of(form: FlaskForm) -> int:
    """Return the version that the form's page showed; what is no version was never shown."""
    typed = str(form["seen"].data or "")
    fits = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_VERSION
    return int(typed) if fits else UNKNOWN_VERSION


def note_look(read: Callable[[int], Ticket], ticket_id: int, *, deed: Deed = Deed.OPENED) -> None:
    """Keep that this person saw a ticket at a desk, if `read` gives it to him (domain rules 1.13).

    Along the whole chain: what leaves a unit leaves no other trace of who had it on his screen.
    """
    with unit_of_work():
        ticket = read(ticket_id)
        privacy.note_view(
            reading.subject_of(ticket),
            viewer_id=the_person().id,
            deed=deed,
            level=ticket.privacy,
            address=request.remote_addr or "",
        )


@contextmanager
def beside(**fields: str) -> Iterator[None]:
    """Let what is refused stand beside the field of a page; `fields`: by what the act calls it."""
    try:
        yield
    except (Conflict, Invalid) as refusal:
        refusal.field = fields.get(refusal.field or "", refusal.field)
        raise


def try_act(
    form: FlaskForm,
    act: Callable[[], Any],
    *,
    done: Callable[[], ResponseReturnValue],
    again: Callable[[], str],
) -> ResponseReturnValue:
    """Do `act` in one save, then `done`; or show the page `again` with what is wrong.

    What is not this person's to do, or not there for him, is refused by the error pages.
    """
    if not form.validate_on_submit():
        return again(), 422
    try:
        with unit_of_work():
            act()
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return again(), refusal.status
    return done()
