"""Lists taken out as files: asked for, fetched, watched, stopped."""

from collections.abc import Iterator

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sheets import sheet_parts
from app.core.sign_in import background, the_person
from app.core.workbook_writing import WORKBOOK_TYPE, SheetToWrite, workbook_parts
from app.tickets import exports, reading
from app.tickets.export_rows import RowWriter, heading, watermark
from app.tickets.export_states import ExportState, SheetKind
from app.tickets.forms import ActForm, ExportForm
from app.tickets.list_wanted import wanted_from

bp = Blueprint("exports", __name__, url_prefix="/tickets/exports")

TYPES = {SheetKind.CSV: "text/csv", SheetKind.XLSX: WORKBOOK_TYPE}


@bp.get("")
@requires(Permission.TICKETS_EXPORT)
def list_exports() -> ResponseReturnValue:
    """Show this person's last exports and how far they are."""
    return render_template("tickets/exports.html", **_shown())


@bp.get("/progress")
@background
@requires(Permission.TICKETS_EXPORT)
def show_progress() -> ResponseReturnValue:
    """Return the rows of the page, for its script."""
    return render_template("tickets/export_rows.html", **_shown())


@bp.post("")
@requires(Permission.TICKETS_EXPORT)
def ask_for_export() -> ResponseReturnValue:
    """Note that the list as it is narrowed is wanted as a file."""
    form = ExportForm()
    check_form(form)
    with unit_of_work():
        exports.ask_export(
            wanted_from(request.args), kind=SheetKind(form.kind.data), owner_id=the_person().id
        )
    return redirect(url_for("tickets.exports.list_exports"))


@bp.post("/<int:export_id>/cancel")
@requires(Permission.TICKETS_EXPORT)
def cancel_export(export_id: int) -> ResponseReturnValue:
    """Stop an export; what was fetched of it is with whoever fetched it."""
    check_form(ActForm())
    with unit_of_work():
        exports.cancel(export_id, owner_id=the_person().id)
    return redirect(url_for("tickets.exports.list_exports"))


@bp.post("/<int:export_id>/file")
@requires(Permission.TICKETS_EXPORT)
def fetch_file(export_id: int) -> ResponseReturnValue:
    """Send the file while it is written."""
    check_form(ActForm())
    person = the_person()
    with unit_of_work():
        export = exports.begin(export_id, owner_id=person.id)
        kind, asked_at = export.kind, export.asked_at
    answer = Response(stream_with_context(_parts(export_id, kind)), mimetype=TYPES[kind])
    name = f"tickets-{asked_at.astimezone(CITY_TIME):%Y%m%d-%H%M}-{export_id}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _parts(export_id: int, kind: SheetKind) -> Iterator[bytes]:
    """Give the file piece by piece; whatever ends it, the row says how it ended."""
    written = _Written(export_id)
    above = [watermark(the_person(), at=clock.now())]
    try:
        if kind is SheetKind.CSV:
            yield from sheet_parts(heading(), written.rows(), above=above)
        else:
            sheet = SheetToWrite(
                name=gettext("tickets.title"), heading=heading(), rows=written.rows(), above=above
            )
            yield from workbook_parts([sheet])
    except exports.Stopped:
        return
    finally:
        written.end()


class _Written:
    """Rows as they are written: after each batch it is noted how many, and looked whether to go on.

    A save forgets what was read before, so there is none in the middle of a batch.
    """

    def __init__(self, export_id: int) -> None:
        self._export_id = export_id
        self._count = 0
        self._is_whole = False

    def rows(self) -> Iterator[list[str]]:
        person = the_person()
        reader = reading.reader_of(person.id)
        wanted = exports.list_of(exports.export_of(self._export_id, owner_id=person.id))
        writer = RowWriter(reader)
        for tickets in exports.batches_of(wanted, reader):
            for row in writer.rows(tickets):
                self._count += 1
                yield row
            self._note()
        self._is_whole = True

    def _note(self) -> None:
        with unit_of_work():
            goes_on = exports.note_progress(self._export_id, rows=self._count)
        if not goes_on:
            raise exports.Stopped

    def end(self) -> None:
        state = ExportState.DONE if self._is_whole else ExportState.BROKEN_OFF
        with unit_of_work():
            exports.end(self._export_id, rows=self._count, state=state)


def _shown() -> dict[str, object]:
    now = clock.now()
    found = exports.exports_of(the_person().id)
    return {
        "exports": found,
        "progress": {each.id: exports.progress_of(each, now=now) for each in found},
    }
