"""Takes a file of people over, all of it or nothing; writes such a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale, gettext

from app.accounts import contractors, people_register
from app.accounts import service as accounts
from app.accounts.password_hashing import first_password, hash_password
from app.accounts.people_register import PersonWords
from app.administration.people_sheet import (
    Column,
    Fault,
    Known,
    Person,
    Sheet,
    read_people,
)
from app.channels.number_states import Language
from app.core import clock
from app.core.errors import Conflict
from app.core.judged_sheets import Outcome
from app.core.languages import LOCALES, current_language
from app.core.permissions import Role
from app.core.phone_numbers import mask
from app.core.sheets import NotASheet, read_sheet, write_sheet
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList

LARGEST = 300 * 1024


class FileNoLongerFits(Conflict):
    """Something of it became wrong after it was looked at: it has to be looked at once more."""

    code = "file-no-longer-fits"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came out of a file; `passwords` are those of the new people, by work number."""

    added: int
    changed: int
    passwords: Mapping[str, str]


def look_at(content: bytes, *, by: str) -> Sheet:
    """Say what a file would do. `by` is the work number of whoever asks."""
    try:
        rows = read_sheet(content)
    except NotASheet:
        return Sheet(fault=Fault.NOT_A_SHEET)
    numbers = [cell for _, cells in rows for cell in cells if cell.isdigit()]
    return read_people(rows, headings=_headings(), known=_known(numbers, by=by))


def make_passwords(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Make a password and its hash for every new person: slow, so ask before the save."""
    made = {}
    for row in sheet.rows:
        if row.outcome is Outcome.NEW and row.person:
            password = first_password()
            made[row.person.work_number] = (password, hash_password(password))
    return made


def take_over(
    content: bytes, passwords: Mapping[str, tuple[str, str]], *, by: int, by_number: str
) -> Taken:
    """Add and change everybody in the file. Raises FileNoLongerFits, and nobody is changed."""
    sheet = look_at(content, by=by_number)
    if not sheet.is_right:
        raise FileNoLongerFits
    there = people_register.find_people([row.cells[Column.WORK_NUMBER] for row in sheet.rows])
    added = changed = 0
    for row in sheet.rows:
        if row.person is None or row.outcome is Outcome.SAME:
            continue
        if row.outcome is Outcome.CHANGED:
            user = there[row.person.work_number]
            people_register.edit_person(user.id, _words(row.person), seen=None, edited_by=by)
            changed += 1
            continue
        if row.person.work_number not in passwords:
            raise FileNoLongerFits  # was somebody's when it was looked at
        _add(row.person, passwords[row.person.work_number], by=by)
        added += 1
    if added or changed:
        people_register.note_import(added=added, changed=changed, by=by)
    return Taken(
        added=added,
        changed=changed,
        passwords={number: password for number, (password, _) in passwords.items()},
    )


def write_people(people: Iterable[Any], *, is_masked: bool) -> bytes:
    """Return a list of people as a file that `look_at` understands, in the reader's language."""
    units = {unit.id: unit.name for unit in organisation.list_units()}
    skills = {each.code: each.words for each in code_register.all_codes(CodeList.SKILL)}
    is_english = current_language() == "en"

    def skill(code: str) -> str:
        words = skills.get(code)
        return code if words is None else words.name_en if is_english else words.name_zh

    return write_sheet(
        [gettext(f"people.{column}") for column in Column],
        [
            [
                user.work_number,
                user.name,
                gettext(f"role.{user.role}"),
                units.get(user.unit_id, ""),
                "、".join(gettext(f"numbers.language_{each}") for each in sorted(user.languages)),
                "、".join(skill(each) for each in sorted(user.skills)),
                mask(user.contact_number) if is_masked else user.contact_number,
                gettext("people.state_active" if user.is_active else "people.state_left"),
            ]
            for user in people
        ],
    )


def example_sheet() -> bytes:
    """Return a file with the headings and one row, for whoever begins."""
    return write_sheet(
        [gettext(f"people.{column}") for column in Column if column is not Column.STATE],
        [
            [
                "2001",
                gettext("people.example_name"),
                gettext("role.agent"),
                "hotline",
                gettext("numbers.language_mandarin"),
                "",
                "",
            ]
        ],
    )


def _add(person: Person, password: tuple[str, str], *, by: int) -> None:
    accounts.create_person(
        person.work_number,
        name=person.name,
        role=person.role,
        password=password[0],
        password_hash=password[1],
        unit_id=person.unit_id,
        languages=sorted(person.languages),
        skills=sorted(person.skills),
        contact_number=person.contact_number,
        must_change_password=True,
        added_by=by,
    )


def _words(person: Person) -> PersonWords:
    return PersonWords(
        name=person.name,
        role=Role(person.role),
        unit_id=person.unit_id,
        languages=tuple(sorted(person.languages)),
        skills=tuple(sorted(person.skills)),
        contact_number=person.contact_number,
        is_outsourced=person.is_outsourced,
    )


def _known(numbers: Sequence[str], *, by: str) -> Known:
    found = people_register.find_people(numbers)
    units = organisation.list_units()
    names = [unit.name for unit in units]
    return Known(
        roles=_spellings({str(role): f"role.{role}" for role in Role}),
        units={
            **{unit.name.lower(): unit.id for unit in units if names.count(unit.name) == 1},
            **{unit.code.lower(): unit.id for unit in units},
        },
        languages=_spellings({str(each): f"numbers.language_{each}" for each in Language}),
        skills=_skills({word for user in found.values() for word in user.skills}),
        left_words=frozenset(_spellings({"left": "people.state_left"})),
        people={
            number: Person(
                work_number=number,
                name=user.name,
                role=str(user.role),
                unit_id=user.unit_id,
                languages=frozenset(user.languages),
                skills=frozenset(user.skills),
                contact_number=user.contact_number,
                is_outsourced=user.is_outsourced,
            )
            for number, user in found.items()
        },
        have_left=frozenset(number for number, user in found.items() if not user.is_active),
        own_work_number=by,
        barred_roles=frozenset(map(str, contractors.roles_barred_now())),
    )


def _skills(held: set[str]) -> dict[str, str]:
    """Say what each word for a skill means; one that has ended may stay with who has it."""
    now = clock.now()
    meant = {word.lower(): word for word in held}
    for each in code_register.all_codes(CodeList.SKILL):
        if each.code in held or each.holds_at(now):
            words = (each.words.name_zh, each.words.name_en, each.code)
            meant.update({word.lower(): each.code for word in words})
    return meant


def _headings() -> dict[str, Column]:
    spelled = _spellings({str(column): f"people.{column}" for column in Column})
    return {word: Column(code) for word, code in spelled.items()}


def _spellings(keys: Mapping[str, str]) -> dict[str, str]:
    """Say for a code and for what both languages call it that it means the code."""
    spelled = {code.lower(): code for code in keys}
    for locale in LOCALES.values():
        with force_locale(locale):
            spelled.update({gettext(key).lower(): code for code, key in keys.items()})
    return spelled
