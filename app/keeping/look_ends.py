"""Deletes who saw what, and why it was uncovered, when the time of these records is over."""

from app.keeping import holding
from app.keeping.rounds import Batch, Due, Place
from app.privacy import service as privacy
from app.privacy.looks import SubjectKind

RECORD_CLASS = "view_log"
AT_ONCE = 1000


def delete_due(due: Due, after: Place | None) -> Batch:
    """Delete the next looks from before the round's moment, but for those at what is held."""
    held = holding.held_things()
    by_kind = {
        SubjectKind.TICKET: held.tickets,
        SubjectKind.CALLER: held.persons,
        SubjectKind.CALL: held.calls,
    }
    found = privacy.old_views(due.before, after=after, most=AT_ONCE)
    kept = [each for each in found if each.subject_id in by_kind[each.subject_kind]]
    places = [(each.at, each.id) for each in found]
    going = {each.id for each in found} - {each.id for each in kept}
    deleted = privacy.forget_views(going)
    if after is None:
        privacy.forget_unmaskings(due.before, but_not=by_kind)
    return Batch(
        deleted=deleted,
        held=len(kept),
        last=places[-1] if len(places) == AT_ONCE else None,
    )
