"""The lists of codes that a city keeps: wrap-up codes, reasons, skills. Asked and changed here."""

import csv
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.seen import check_seen
from app.rules import service
from app.rules.code_lists import Code, CodeList, CodeTaken, CodeWords, check_code, check_list
from app.rules.events import CodeAdded, CodeEdited, CodeEnded
from app.rules.models import CodeEntry, WrapUpCode


class UnknownCode(NotFound):
    """The list has no such code."""

    code = "code-not-found"


def all_codes(code_list: CodeList) -> list[Code]:
    """Return every code of a list, ended ones too, in the order of the screens."""
    return [_code_of(row, code_list) for row in _rows(code_list)]


def codes_now(code_list: CodeList, *, at: datetime | None = None) -> list[Code]:
    """Return the codes that may be chosen at `at` (default: now), in the order of the screens."""
    moment = at or clock.now()
    return [each for each in all_codes(code_list) if each.holds_at(moment)]


def get_code(code_list: CodeList, code: str) -> Code:
    """Return one code, also one that has ended. Raises UnknownCode."""
    return _code_of(_row(code_list, code), code_list)


def add_code(
    code_list: CodeList, code: str, words: CodeWords, *, added_by: int | None = None
) -> None:
    """Add a code. Raises UnfitCode, CodeTaken, EndsBeforeItBegins."""
    check_code(code)
    if any(each.code == code for each in all_codes(code_list)):
        raise CodeTaken(field="code", taken=code)
    made: Any = WrapUpCode(code=code) if code_list is CodeList.WRAP_UP else CodeEntry(code=code)
    if code_list is not CodeList.WRAP_UP:
        made.code_list = code_list
    _write(made, words, code_list)
    db.session.add(made)
    db.session.flush()
    check_list(all_codes(code_list), changed=_code_of(made, code_list))
    publish(CodeAdded(code_list=code_list.value, code=code, added_by=added_by))


def edit_code(
    code_list: CodeList, code: str, words: CodeWords, *, seen: str, edited_by: int | None = None
) -> None:
    """Change what is said of a code; `seen` is the mark of what the form showed.

    Raises UnknownCode, ChangedMeanwhile, EndsBeforeItBegins, LastOfItsList.
    """
    row = _row(code_list, code, for_change=True)
    shown = _code_of(row, code_list).words
    if words == shown:
        return
    check_seen(seen, asdict(shown))
    _write(row, words, code_list)
    db.session.flush()
    check_list(all_codes(code_list), changed=_code_of(row, code_list))
    changed = [name for name, value in asdict(words).items() if value != getattr(shown, name)]
    publish(
        CodeEdited(
            code_list=code_list.value, code=code, fields=" ".join(changed), edited_by=edited_by
        )
    )


def end_code(code_list: CodeList, code: str, *, ended_by: int | None = None) -> None:
    """Let a code be chosen no more, from now on; ended already stays as it is.

    Raises UnknownCode, LastOfItsList.
    """
    row = _row(code_list, code, for_change=True)
    at = clock.now()
    if row.valid_until is not None and row.valid_until <= at:
        return
    # One that was never in force is ended at the moment it would have begun.
    row.valid_until = max(at, row.valid_from)
    db.session.flush()
    ended = _code_of(row, code_list)
    if ended.words.valid_from < at:
        check_list(all_codes(code_list), changed=ended)
    publish(CodeEnded(code_list=code_list.value, code=code, at=row.valid_until, ended_by=ended_by))


def load_codes() -> int:
    """Add the codes of `data/codes.csv` that are missing; return how many.

    They are ours to begin with. Wrap-up codes and exclusions have files of their own.
    """
    known = {
        (row.code_list, row.code)
        for row in db.session.execute(select(CodeEntry.code_list, CodeEntry.code))
    }
    with (service.DATA / "codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(enumerate(csv.DictReader(file), start=1))
    missing = [
        {
            "code_list": CodeList(row["code_list"]),
            "code": row["code"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "position": position * 10,
            "minutes": int(row["minutes"]) if row["minutes"] else None,
            "valid_from": service.SINCE_EVER,
            "valid_until": None,
        }
        for position, row in rows
        if (CodeList(row["code_list"]), row["code"]) not in known
    ]
    if missing:
        db.session.execute(insert(CodeEntry), missing)
    return len(missing)


def _rows(code_list: CodeList) -> Iterable[Any]:
    if code_list is CodeList.WRAP_UP:
        return db.session.scalars(select(WrapUpCode).order_by(WrapUpCode.position, WrapUpCode.code))
    asked = select(CodeEntry).where(CodeEntry.code_list == code_list)
    return db.session.scalars(asked.order_by(CodeEntry.position, CodeEntry.code))


def _row(code_list: CodeList, code: str, *, for_change: bool = False) -> Any:
    asked: Any
    if code_list is CodeList.WRAP_UP:
        asked = select(WrapUpCode).where(WrapUpCode.code == code)
    else:
        asked = select(CodeEntry).where(CodeEntry.code_list == code_list, CodeEntry.code == code)
    row = db.session.scalar(asked.with_for_update() if for_change else asked)
    if row is None:
        raise UnknownCode(unknown=code[:32])
    return row


def _code_of(row: Any, code_list: CodeList) -> Code:
    is_wrap_up = code_list is CodeList.WRAP_UP
    return Code(
        code_list=code_list,
        code=row.code,
        words=CodeWords(
            name_zh=row.name_zh,
            name_en=row.name_en,
            position=row.position,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            minutes=None if is_wrap_up else row.minutes,
            marks_abuse=row.marks_abuse if is_wrap_up else False,
        ),
    )


def _write(row: Any, words: CodeWords, code_list: CodeList) -> None:
    for name, value in asdict(words).items():
        own = "minutes" if code_list is CodeList.WRAP_UP else "marks_abuse"
        if name != own:
            setattr(row, name, value)
