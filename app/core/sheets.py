"""Lists as files for spreadsheets (CSV): what offices write is read, no cell is a formula. Pure.

A spreadsheet treats a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end as a formula.
Such cells are written with an apostrophe before them, which is taken away again on reading.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
ROWS_AT_ONCE = 500
RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class NotASheet(ValueError):
    """These bytes are no list: neither UTF-8 nor GB18030, or no text at all."""


def write_sheet(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as UTF-8 with a mark in front, by which spreadsheets know it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guarded(cell) for cell in heading])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def sheet_parts(
    heading: Sequence[str], rows: Iterable[Sequence[object]], *, above: Sequence[str] = ()
) -> Iterator[bytes]:
    """Give the same piece by piece, for lists of any length; lines `above` come before the heading.

    As much is held as one batch of rows needs.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    text.write(BYTE_ORDER_MARK)
    writer.writerows([guarded(line)] for line in above)
    writer.writerow([guarded(cell) for cell in heading])
    for number, row in enumerate(rows, start=1):
        writer.writerow([guarded(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue().encode("utf-8")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8")


def read_sheet(content: bytes) -> list[tuple[int, list[str]]]:
    """Return every row that holds something, with its line in the file (from 1).

    Commas, semicolons or tabs may stand between cells; the heading decides. Raises NotASheet.
    """
    text = as_text(content)
    heading = text.split("\n", 1)[0]
    between = max(",;\t，", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    try:
        rows = [(reader.line_num, [freed(cell) for cell in row]) for row in reader]
    except csv.Error as why:
        raise NotASheet from why
    return [(line, cells) for line, cells in rows if any(cells)]


def as_text(content: bytes) -> str:
    """Return what a file says, whichever of the two spellings it has. Raises NotASheet."""
    if b"\x00" in content:
        raise NotASheet
    for spelling in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(spelling)
        except UnicodeDecodeError:
            continue
    raise NotASheet


def guarded(cell: object) -> str:
    """Return a cell as text that no program runs."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(RUN_AS_FORMULA) else text


def freed(cell: str) -> str:
    """Return what a cell says without the apostrophe that kept it from being a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(RUN_AS_FORMULA) else text
