"""What an enquiry record must carry, by how the call ended (domain rules 1.3, 1.5). Pure.

The page is given this very table: what it marks as needed is what the server asks for.
"""

from collections.abc import Mapping

from app.tickets.ticket_states import EnquiryResult

MUST_CARRY: dict[EnquiryResult, tuple[tuple[str, ...], ...]] = {
    # One of each group: an answer is an article, or the words that were said instead.
    EnquiryResult.ANSWERED: (("category_code",), ("article_id", "note")),
    EnquiryResult.TOLD_WHERE: (
        ("category_code",),
        ("exclusion_code",),
        ("told_where",),
        ("told_words",),
    ),
    EnquiryResult.TRANSFERRED: (("category_code",), ("transfer_to",), ("note",)),
    EnquiryResult.NO_DEMAND: (),
    # The clue that the police are handed.
    EnquiryResult.MALICIOUS: (("note",),),
}


def lacking(result: EnquiryResult, fields: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Return the groups of which nothing is filled, in the order of the form."""
    return [group for group in MUST_CARRY[result] if not any(fields.get(name) for name in group)]


def place_of(group: tuple[str, ...]) -> str:
    """Name the field beside which a lacking group is told: the last, where a person can write."""
    return group[-1]
