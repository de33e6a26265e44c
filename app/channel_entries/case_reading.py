"""Reads what units entered for their channels.

A unit sees the cases of its own channels; every other case is not there for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from app.channel_entries import channel_register
from app.channel_entries.case_words import CaseWords
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.models import CaseNote, CaseResult, ChannelCase, EntryChannel
from app.channel_entries.refusals import NoSuchCase, NoSuchChannel
from app.core.database import db
from app.core.pagination import MOST_COUNTED, Page, page_of
from app.tickets import entered_tickets, reading
from app.tickets import service as tickets
from app.tickets.reading import Reader
from app.tickets.ticket_states import TicketState

PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """A case with its ticket, None while it is a draft."""

    case: ChannelCase
    ticket: tickets.Ticket | None

    @property
    def is_closed(self) -> bool:
        """Say whether nobody owes anything for it."""
        return self.ticket is not None and self.ticket.state is TicketState.CLOSED

    def may_be_corrected(self, at: datetime) -> bool:
        """Say whether its channel may still correct what it entered."""
        until = self.case.edit_until
        if self.ticket is None or until is None or at > until:
            return False
        return entered_tickets.may_be_corrected(self.ticket)


def own_channels(unit_id: int | None) -> list[ChannelShown]:
    """Return the channels of a unit; somebody without a unit has none."""
    return [
        each
        for each in channel_register.list_channels()
        if unit_id is not None and each.words.owner_unit_id == unit_id
    ]


def own_channel(channel_id: int, *, unit_id: int | None) -> ChannelShown:
    """Return a channel of this unit; raises NoSuchChannel for all others."""
    channel = channel_register.get_channel(channel_id)
    if unit_id is None or channel.words.owner_unit_id != unit_id:
        raise NoSuchChannel
    return channel


def get_case(case_id: int, *, unit_id: int | None) -> CaseShown:
    """Return a case of this unit's channels; raises NoSuchCase for all others."""
    case = db.session.get(ChannelCase, case_id)
    if case is None or unit_id is None:
        raise NoSuchCase
    channel = db.session.get_one(EntryChannel, case.channel_id)
    if channel.owner_unit_id != unit_id:
        raise NoSuchCase
    ticket = tickets.get_ticket(case.ticket_id) if case.ticket_id is not None else None
    return CaseShown(case=case, ticket=ticket)


def case_for(case_id: int, *, unit_id: int | None, reader: Reader) -> CaseShown:
    """Return a case of this unit's channels to one of its people.

    Raises NoSuchCase to all others, and to whose unit it is about, who has not entered it.
    """
    shown = get_case(case_id, unit_id=unit_id)
    if shown.ticket is not None and reading.is_party(shown.ticket, reader):
        raise NoSuchCase
    return shown


def list_cases(
    reader: Reader,
    *,
    unit_id: int | None,
    page: int,
    channel_id: int | None = None,
    only_drafts: bool = False,
) -> Page[CaseShown]:
    """Return the cases of a unit's channels, newest first, but for those that are about it."""
    ids = {each.id for each in own_channels(unit_id)}
    if channel_id is not None:
        ids &= {channel_id}
    wanted = select(ChannelCase).where(ChannelCase.channel_id.in_(ids))
    if only_drafts:
        wanted = wanted.where(ChannelCase.ticket_id.is_(None))
    elif reader.keeps_him_out:
        is_draft = ChannelCase.ticket_id.is_(None)
        wanted = wanted.where(
            is_draft | entered_tickets.is_not_about(reader, ChannelCase.ticket_id)
        )
    newest = wanted.order_by(ChannelCase.id.desc())
    found = page_of(newest, page=page, per_page=PER_PAGE, most=MOST_COUNTED)
    known = entered_tickets.tickets_by_id([c.ticket_id for c in found.items if c.ticket_id])
    shown = [CaseShown(case=case, ticket=known.get(case.ticket_id or 0)) for case in found.items]
    return Page(
        items=shown, number=found.number, per_page=found.per_page, total=found.total,
        is_cut=found.is_cut,
    )  # fmt: skip


def case_of_ticket(ticket_id: int) -> ChannelCase:
    """Return the case that is this ticket; raises NoSuchCase."""
    case = db.session.scalar(select(ChannelCase).where(ChannelCase.ticket_id == ticket_id))
    if case is None:
        raise NoSuchCase
    return case


def cases_of_tickets(ticket_ids: Collection[int]) -> list[ChannelCase]:
    """Return the cases that are these tickets, in their order."""
    asked = select(ChannelCase).where(ChannelCase.ticket_id.in_(set(ticket_ids)))
    return list(db.session.scalars(asked.order_by(ChannelCase.id)))


def find_cases(channel_id: int, numbers: Sequence[str]) -> dict[str, ChannelCase]:
    """Return the cases that a channel entered under these numbers, by number."""
    asked = select(ChannelCase).where(
        ChannelCase.channel_id == channel_id, ChannelCase.source_no.in_(set(numbers))
    )
    return {case.source_no: case for case in db.session.scalars(asked) if case.source_no}


def notes_of(case_ids: Collection[int]) -> dict[int, list[CaseNote]]:
    """Return what was done with these cases, oldest first."""
    found: dict[int, list[CaseNote]] = {case_id: [] for case_id in case_ids}
    asked = select(CaseNote).where(CaseNote.case_id.in_(set(case_ids))).order_by(CaseNote.id)
    for note in db.session.scalars(asked):
        found[note.case_id].append(note)
    return found


def results_of(case_ids: Collection[int]) -> dict[int, list[CaseResult]]:
    """Return what came of these cases, as it was written each time; the last one counts."""
    found: dict[int, list[CaseResult]] = {case_id: [] for case_id in case_ids}
    asked = select(CaseResult).where(CaseResult.case_id.in_(set(case_ids)))
    for result in db.session.scalars(asked.order_by(CaseResult.id)):
        found[result.case_id].append(result)
    return found


def words_of(
    case: ChannelCase,
    ticket: tickets.Ticket,
    notes: Sequence[CaseNote],
    results: Sequence[CaseResult],
) -> CaseWords:
    """Return a case as a sheet would say it."""
    entered = asdict(entered_tickets.entered_words(ticket))
    last = results[-1] if results else None
    return CaseWords(
        **entered,
        source_no=case.source_no,
        received_at=case.received_at,
        is_channels_own=ticket.is_channels_own,
        process=notes[-1].text if notes else "",
        result=last.result if last else "",
        public_reply=last.public_reply if last else "",
        settled_on=last.settled_on if last else None,
    )
