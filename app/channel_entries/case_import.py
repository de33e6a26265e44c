"""Takes a sheet of cases over, when all of it is right; writes the sheet to begin with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import force_locale, gettext
from sqlalchemy import select

from app.channel_entries import case_book, case_reading
from app.channel_entries.case_faults import Fault
from app.channel_entries.case_reading import CaseShown, own_channel
from app.channel_entries.case_sheet import (
    LONGEST,
    MOST_ROWS,
    NEEDED,
    Known,
    Sheet,
    There,
    read_cases,
)
from app.channel_entries.case_words import Column, numbered
from app.channel_entries.channel_states import WayIn
from app.channel_entries.events import SheetTakenOver
from app.channel_entries.models import EntryChannel, SheetUpload
from app.channel_entries.refusals import SheetNoLongerFits, UploadGone
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.judged_sheets import Outcome
from app.core.languages import LOCALES
from app.core.sheets import NotASheet, read_sheet
from app.core.workbook_writing import SheetToWrite, write_workbook
from app.core.workbooks import (
    NotThisKind,
    TooMuchInside,
    looks_like_other,
    looks_like_workbook,
    read_workbook,
)
from app.organisation import service as organisation
from app.rules import service as rules
from app.rules import type_register
from app.tickets import entered_tickets, promises, type_names
from app.tickets.person_details import AgeGroup, Gender, PersonKind
from app.tickets.ticket_states import Urgency

KEPT = timedelta(hours=12)
"""How long a sheet that was looked at may still be taken over."""

PORTION = 25
"""Rows entered in one save. Whoever opens a ticket waits for the numbers that a save has drawn."""

Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How many cases of a sheet were new and how many changed until now, and how many are left."""

    added: int
    changed: int
    left: int


def read_file(name: str, content: bytes) -> Rows | Fault:
    """Return the rows of a file, or what is wrong with it as a whole.

    What a file is, is said by its content; where its name says something else, it is refused.
    """
    try:
        if name.lower().endswith(".xlsx") != looks_like_workbook(content) or looks_like_other(
            content
        ):
            raise NotThisKind
        return read_workbook(content) if looks_like_workbook(content) else read_sheet(content)
    except NotThisKind:
        return Fault.LIES
    except TooMuchInside:
        return Fault.TOO_MUCH
    except NotASheet:
        return Fault.NOT_A_SHEET


def look_at(channel_id: int, rows: Rows) -> Sheet:
    """Say what these rows would do to a channel's cases; save nothing."""
    headings = _headings()
    numbers = _numbers_in(rows[: MOST_ROWS + 1], headings)
    return read_cases(rows, headings=headings, known=_known(channel_id, numbers))


def keep_upload(channel_id: int, rows: Rows, *, by: int) -> int:
    """Keep the rows of a sheet that was looked at until they are taken over; return its id.

    What nobody took over is forgotten when the next one is kept.
    """
    now = clock.now()
    stale = select(SheetUpload).where(SheetUpload.uploaded_at < now - KEPT)
    for each in db.session.scalars(stale.where(SheetUpload.taken_at.is_(None))):
        db.session.delete(each)
    upload = SheetUpload(channel_id=channel_id, uploaded_by=by, uploaded_at=now, rows=rows)
    db.session.add(upload)
    db.session.flush()
    return upload.id


def look_again(channel_id: int, upload_id: int, *, by: int) -> Sheet:
    """Say what a kept sheet would do now. Raises UploadGone."""
    return look_at(channel_id, _rows_of(_own_upload(channel_id, upload_id, by=by)))


def take_portion(channel_id: int, upload_id: int, *, unit_id: int | None, by: int) -> Taken:
    """Enter and change the next cases of a kept sheet; what is left stays kept.

    Before the first portion all of the sheet is looked at again. Taken over once, however often
    the button is pressed: presses at the same moment share the portions. Raises NoSuchChannel,
    UploadGone, and SheetNoLongerFits, whereupon nothing of the portion was saved.
    """
    own_channel(channel_id, unit_id=unit_id)
    upload = _own_upload(channel_id, upload_id, by=by, is_locked=True)
    # two sheets of one channel follow one another: what is new is judged as nobody else adds to it
    db.session.get(EntryChannel, channel_id, with_for_update=True, populate_existing=True)
    heading, *rows = _rows_of(upload)
    is_first = not upload.added + upload.changed
    if is_first and not look_at(channel_id, [heading, *rows]).is_right:
        raise SheetNoLongerFits
    sheet = look_at(channel_id, [heading, *rows[:PORTION]])
    if not sheet.is_right:
        raise SheetNoLongerFits
    _take(channel_id, sheet, unit_id=unit_id, by=by)
    counts, left = sheet.counts(), rows[PORTION:]
    upload.added += counts[Outcome.NEW]
    upload.changed += counts[Outcome.CHANGED]
    upload.rows = [heading, *left] if left else []
    if not left:
        upload.taken_at = clock.now()
        publish(
            SheetTakenOver(
                channel_id=channel_id, added=upload.added, changed=upload.changed, taken_by=by
            )
        )
    return Taken(added=upload.added, changed=upload.changed, left=len(left))


def _take(channel_id: int, sheet: Sheet, *, unit_id: int | None, by: int) -> None:
    numbers = [row.cells[Column.SOURCE_NO] for row in sheet.rows]
    there = case_reading.find_cases(channel_id, numbers)
    for row in sheet.rows:
        if row.words is None or row.outcome is Outcome.SAME:
            continue
        if row.outcome is Outcome.NEW:
            case_book.enter_case(channel_id, row.words, unit_id=unit_id, by=by, way_in=WayIn.SHEET)
        else:
            case = there[row.cells[Column.SOURCE_NO]]
            case_book.apply_change(case, row.words, row.changed, by=by, unit_id=unit_id)


def template_workbook() -> bytes:
    """Return the workbook to fill in: headings, and on a second sheet what each cell may say."""
    words: dict[Column, str] = {
        Column.REQUEST_TYPE: _list(type_names.offered_types().values()),
        Column.URGENCY: _list(gettext(f"entries.urgency_{each}") for each in Urgency),
        Column.GENDER: _list(gettext(f"tickets.gender_{each}") for each in Gender),
        Column.PERSON_KIND: _list(gettext(f"tickets.person_{each}") for each in PersonKind),
        Column.AGE_GROUP: _list(gettext(f"tickets.age_{each}") for each in AgeGroup),
        Column.IS_CONFIDENTIAL: _list((gettext("entries.yes"), gettext("entries.no"))),
        Column.HANDLED_BY: _list(
            (gettext("entries.handled_by_hotline"), gettext("entries.handled_by_channel"))
        ),
        Column.COUNTY: _list(each.name for each in organisation.list_counties()),
    }
    categories = [(each.code, each.name) for each in rules.list_categories()]
    yes, no = gettext("entries.yes"), gettext("entries.no")
    return write_workbook(
        [
            SheetToWrite(name=gettext("entries.sheet_cases"), heading=_heading_row()),
            SheetToWrite(
                name=gettext("entries.sheet_explained"),
                heading=[
                    gettext("entries.sheet_column"),
                    gettext("entries.sheet_needed"),
                    gettext("entries.sheet_means"),
                ],
                rows=[
                    (
                        gettext(f"entries.column_{column}"),
                        yes if column in NEEDED else no,
                        words.get(column, gettext(f"entries.column_{column}_hint")),
                    )
                    for column in Column
                ],
                width=40,
            ),
            SheetToWrite(
                name=gettext("entries.sheet_categories"),
                heading=[gettext("entries.code"), gettext("tickets.category")],
                rows=categories,
            ),
        ]
    )


def _numbers_in(rows: Rows, headings: Mapping[str, Column]) -> list[str]:
    """Return what stands in the column of the channel's own numbers."""
    first = rows[0][1] if rows else []
    named = [headings.get(cell.strip().lower()) for cell in first]
    if Column.SOURCE_NO not in named:
        return []
    place = named.index(Column.SOURCE_NO)
    return [numbered(cells[place]) for _, cells in rows[1:] if place < len(cells)]


def _heading_row() -> list[str]:
    return [gettext(f"entries.column_{column}") for column in Column]


def _list(words: Iterable[str]) -> str:
    return " / ".join(words)


def _own_upload(
    channel_id: int, upload_id: int, *, by: int, is_locked: bool = False
) -> SheetUpload:
    upload = db.session.get(
        SheetUpload, upload_id, with_for_update=is_locked, populate_existing=is_locked
    )
    is_own = upload is not None and (upload.channel_id, upload.uploaded_by) == (channel_id, by)
    if upload is None or not is_own or upload.taken_at is not None:
        raise UploadGone
    if upload.uploaded_at < clock.now() - KEPT:
        raise UploadGone
    return upload


def _rows_of(upload: SheetUpload) -> Rows:
    return [(line, list(cells)) for line, cells in upload.rows]


def _known(channel_id: int, numbers: Sequence[str]) -> Known:
    counties = organisation.list_counties()
    categories = rules.list_categories()
    natures, secret = type_names.natures_until_now(), promises.secret_natures()
    names = [each.name for each in categories]
    return Known(
        request_types=type_names.spellings_of_types(),
        natures=natures,
        offered_types=type_register.offered_codes(),
        secret_types=frozenset(code for code, nature in natures.items() if nature in secret),
        categories={
            **{each.name.lower(): each.code for each in categories if names.count(each.name) == 1},
            **{each.code.lower(): each.code for each in categories},
        },
        counties={word: each.code for each in counties for word in (each.name, each.code.lower())},
        towns={
            each.code: {
                word: town.code
                for town in organisation.towns_of(each.code)
                for word in (town.name, town.code)
            }
            for each in counties
        },
        person_kinds=_spellings({str(each): f"tickets.person_{each}" for each in PersonKind}),
        genders=_spellings({str(each): f"tickets.gender_{each}" for each in Gender}),
        age_groups=_spellings({str(each): f"tickets.age_{each}" for each in AgeGroup}),
        urgencies=_spellings({str(each): f"entries.urgency_{each}" for each in Urgency}),
        yes_no={
            word: code == "yes"
            for word, code in _spellings({"yes": "entries.yes", "no": "entries.no"}).items()
        },
        handlers={
            word: code == "channel"
            for word, code in _spellings(
                {each: f"entries.handled_by_{each}" for each in ("hotline", "channel")}
            ).items()
        },
        urgency_words=[each.word for each in rules.list_urgency_words()],
        there=_there(channel_id, numbers),
        now=clock.now(),
    )


def _can_be_kept(number: str) -> bool:
    """Return whether a case can be kept under this number; what a formula reads as never can."""
    return 0 < len(number) <= LONGEST[Column.SOURCE_NO] and "\x00" not in number


def _there(channel_id: int, numbers: Sequence[str]) -> dict[str, There]:
    cases = case_reading.find_cases(channel_id, [each for each in numbers if _can_be_kept(each)])
    ids = [case.id for case in cases.values()]
    tickets = entered_tickets.tickets_by_id(
        [case.ticket_id for case in cases.values() if case.ticket_id]
    )
    notes, results = case_reading.notes_of(ids), case_reading.results_of(ids)
    now = clock.now()
    found = {}
    for number, case in cases.items():
        shown = CaseShown(case=case, ticket=tickets[case.ticket_id or 0])
        if shown.ticket is None:
            continue
        words = case_reading.words_of(case, shown.ticket, notes[case.id], results[case.id])
        found[number] = There(
            words=words,
            notes=frozenset(note.text for note in notes[case.id]),
            mark=case.mark,
            may_be_corrected=shown.may_be_corrected(now),
            is_closed=shown.is_closed,
        )
    return found


def _headings() -> dict[str, Column]:
    spelled = _spellings({str(column): f"entries.column_{column}" for column in Column})
    return {word: Column(code) for word, code in spelled.items()}


def _spellings(keys: Mapping[str, str]) -> dict[str, Any]:
    """Say for a code and for what both languages call it that it means the code."""
    spelled = {code.lower(): code for code in keys}
    for locale in LOCALES.values():
        with force_locale(locale):
            spelled.update({gettext(key).lower(): code for code, key in keys.items()})
    return spelled
