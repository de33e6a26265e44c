"""What pages of figures share: the period that an address asks for, and numbers as a file."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response, request
from flask_babel import gettext

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.formatting import moment
from app.core.sheets import sheet_parts
from app.core.sign_in import the_person
from app.core.workbook_writing import WORKBOOK_TYPE, SheetToWrite, workbook_parts
from app.measures.periods import Period, PeriodKind, period_of


def asked_period() -> Period:
    """Return the period of an address; yesterday's month where it names none."""
    kind = request.args.get("kind", "")
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = clock.now().astimezone(CITY_TIME).date() - timedelta(days=1)
    if not 2000 <= day.year <= 2999:
        day = clock.now().astimezone(CITY_TIME).date()
    return period_of(day, PeriodKind(kind) if kind in set(PeriodKind) else PeriodKind.MONTH)


def answer_file(
    title: str, heading: Sequence[str], rows: Sequence[Sequence[str]], name: str
) -> Response:
    """Answer with rows as a file that says who took it, in the form that is asked for."""
    person, at = the_person(), clock.now()
    said = {"name": person.name, "work_number": person.work_number, "at": moment(at)}
    above = [gettext("exports.watermark", **said)]
    is_csv = request.args.get("as") == "csv"
    sheet = SheetToWrite(name=title, heading=heading, rows=rows, above=above)
    parts = sheet_parts(heading, rows, above=above) if is_csv else workbook_parts([sheet])
    answer = Response(b"".join(parts), mimetype="text/csv" if is_csv else WORKBOOK_TYPE)
    ending = "csv" if is_csv else "xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
