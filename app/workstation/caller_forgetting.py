"""Forgets a person who called, in every room that knows of him, in one save."""

from app.callers import forgetting, person_changes, person_list
from app.callers.refusals import HasOpenWork, IsCalling, IsOnHold
from app.calls import call_persons
from app.calls import erasing as calls_erasing
from app.channel_entries import erasing as channel_erasing
from app.handling import erasing as handling_erasing
from app.notifications import erasing as messages_erasing
from app.recordings import erasing as recordings_erasing
from app.text_intake import service as text_intake
from app.tickets import erasing as tickets_erasing
from app.tickets import holds, person_tickets


def forget_caller(caller_id: int, *, version: int, reason: str, by: int) -> None:
    """Erase a person's data; the rows of the ledger stay and count as before.

    Calls from a number that others use too are his only where he was chosen. Raises IsCalling,
    HasOpenWork, IsOnHold (a legal hold goes before the wish), IsRestricted, and what changing a
    person raises.
    """
    person = person_changes.lock_person(caller_id, version=version)
    family = person_changes.family_of(person.id)
    numbers, own = person_list.numbers_of(person.id)
    if call_persons.has_call_now(family, numbers):
        raise IsCalling
    if person_tickets.has_open_ticket(family, own):
        raise HasOpenWork
    call_ids = call_persons.call_ids_of_person(family, own)
    his_tickets = [each.id for each in person_tickets.tickets_of_person(family, own, limit=None)]
    if recordings_erasing.is_any_held(call_ids) or holds.is_any_held(his_tickets):
        raise IsOnHold
    forgetting.check_not_restricted(own)
    names = forgetting.names_of(person.id)
    tickets = tickets_erasing.erase_person(family, own, call_ids=call_ids, names=names)
    handling_erasing.erase_person(tickets, names=names)
    messages_erasing.erase_person(own)
    channel_erasing.erase_person(tickets, names=names)
    text_intake.erase_person(own, names=list(names))
    recordings = recordings_erasing.erase_of_calls(call_ids)
    calls_erasing.erase_caller(call_ids, caller_id=person.id, numbers=own)
    forgetting.forget(
        person.id,
        numbers=own,
        reason=reason,
        figures={"calls": len(call_ids), "tickets": len(tickets), "recordings": recordings},
        by=by,
    )
