"""Takes a list out as a file: asked for, written while it is fetched, ended, each with a line.

Nothing lies on the server: whoever stops fetching has what he has, and the row says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.state_machine import check_move
from app.tickets.events import TicketExportAsked, TicketExportEnded
from app.tickets.export_states import MOVES, ExportState, SheetKind
from app.tickets.list_wanted import TicketsWanted, wanted_from
from app.tickets.models import Ticket, TicketExport, TicketListRow
from app.tickets.reading import Reader
from app.tickets.refusals import NoSuchExport
from app.tickets.ticket_list import all_wanted, chosen_tickets

MOST_SHOWN = 20
BATCH = 2000


class Stopped(Exception):
    """Somebody cancelled the export while it was written."""


@dataclass(frozen=True, kw_only=True)
class ListToWrite:
    """What an export is of, kept apart from its row: the row changes while it is written."""

    chosen: Mapping[str, str]
    ticket_ids: Sequence[int] | None


def ask_export(
    wanted: TicketsWanted,
    *,
    kind: SheetKind,
    owner_id: int,
    ticket_ids: Sequence[int] | None = None,
) -> TicketExport:
    """Note that somebody wants a list as a file: the filters', or the tickets chosen by hand."""
    export = TicketExport(
        owner_id=owner_id,
        kind=kind,
        chosen=wanted.as_query(),
        ticket_ids=list(ticket_ids) if ticket_ids is not None else None,
        state=ExportState.ASKED,
        rows_written=0,
        rows_expected=len(ticket_ids) if ticket_ids is not None else None,
        asked_at=clock.now(),
    )
    db.session.add(export)
    db.session.flush()
    publish(TicketExportAsked(export_id=export.id, sheet_kind=kind.value, asked_by=owner_id))
    return export


def exports_of(owner_id: int) -> list[TicketExport]:
    """Return a person's last exports, the newest first."""
    wanted = select(TicketExport).where(TicketExport.owner_id == owner_id)
    newest = wanted.order_by(TicketExport.id.desc()).limit(MOST_SHOWN)
    return list(db.session.scalars(newest))


def export_of(export_id: int, *, owner_id: int) -> TicketExport:
    """Return one of a person's exports; raises NoSuchExport."""
    export = db.session.get(TicketExport, export_id)
    if export is None or export.owner_id != owner_id:
        raise NoSuchExport
    return export


def begin(export_id: int, *, owner_id: int) -> TicketExport:
    """Begin to write; raises NoSuchExport, and a conflict where that was done before."""
    export = _locked(export_id, owner_id=owner_id)
    check_move(MOVES, export.state, ExportState.RUNNING)
    export.state, export.begun_at = ExportState.RUNNING, clock.now()
    if export.rows_expected is None and not export.chosen:
        export.rows_expected = db.session.scalar(select(func.count()).select_from(TicketListRow))
    return export


def note_progress(export_id: int, *, rows: int) -> bool:
    """Note how many rows are written; return whether to go on: it may have been cancelled."""
    export = db.session.get_one(
        TicketExport, export_id, with_for_update=True, populate_existing=True
    )
    export.rows_written = rows
    return export.state is ExportState.RUNNING


def end(export_id: int, *, rows: int, state: ExportState) -> None:
    """Note how writing ended; one that was cancelled meanwhile stays cancelled."""
    export = db.session.get_one(
        TicketExport, export_id, with_for_update=True, populate_existing=True
    )
    export.rows_written = rows
    if export.state is ExportState.RUNNING:
        _end(export, state)


def cancel(export_id: int, *, owner_id: int) -> None:
    """Stop an export, or do not begin it; raises NoSuchExport, and a conflict where it is over."""
    export = _locked(export_id, owner_id=owner_id)
    check_move(MOVES, export.state, ExportState.CANCELLED)
    _end(export, ExportState.CANCELLED)


def list_of(export: TicketExport) -> ListToWrite:
    """Return what an export is of."""
    return ListToWrite(chosen=dict(export.chosen), ticket_ids=export.ticket_ids)


def batches_of(export: ListToWrite, reader: Reader) -> Iterator[list[Ticket]]:
    """Give the tickets of an export batch by batch, as the reader may see them at that moment."""
    if export.ticket_ids is not None:
        ids = list(export.ticket_ids)
        for place in range(0, len(ids), BATCH):
            yield chosen_tickets(ids[place : place + BATCH], reader)
        return
    yield from all_wanted(wanted_from(export.chosen), reader, batch=BATCH)


def progress_of(export: TicketExport, *, now: datetime) -> Mapping[str, float | None]:
    """Return how far an export is: the share that is written (None: unknown), rows a second."""
    share = None
    if export.rows_expected:
        share = min(1.0, export.rows_written / export.rows_expected)
    seconds = ((export.ended_at or now) - (export.begun_at or now)).total_seconds()
    return {"share": share, "speed": export.rows_written / seconds if seconds > 0 else None}


def _locked(export_id: int, *, owner_id: int) -> TicketExport:
    export = db.session.get(TicketExport, export_id, with_for_update=True, populate_existing=True)
    if export is None or export.owner_id != owner_id:
        raise NoSuchExport
    return export


def _end(export: TicketExport, state: ExportState) -> None:
    export.state, export.ended_at = state, clock.now()
    publish(
        TicketExportEnded(
            export_id=export.id,
            ending=state.value,
            rows=export.rows_written,
            ended_by=export.owner_id,
        )
    )
