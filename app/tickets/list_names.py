"""The names that filters of lists offer, read again once they are half a minute old.

Registers change a few times a year and are a thousand rows; a list is opened every second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from app.accounts import service as accounts
from app.organisation import service as organisation
from app.rules import code_register, type_register
from app.rules import service as rules
from app.rules.code_lists import CodeList
from app.rules.type_versions import TypeBook

READ_AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Names:
    """Codes or ids with their names, in the order in which they are offered."""

    categories: Mapping[str, str]
    counties: Mapping[str, str]
    regions: Mapping[str, str]
    paths: Mapping[str, str]  # a town with its county
    towns: Mapping[str, Mapping[str, str]]
    units: Mapping[int, str]
    people: Mapping[int, str]
    tags: Mapping[str, tuple[str, str]]  # in Chinese, in English
    types: TypeBook  # of all times, those that are planned among them


class ListNames:
    """The names as they were read a moment ago. One for each app; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: datetime | None = None
        self._names: Names | None = None

    def at(self, now: datetime) -> Names:
        """Return the names, read again where that was long ago, or at another time's clock."""
        with self._lock:
            age = now - self._at if self._at else READ_AGAIN_AFTER
            if self._names is None or not timedelta(0) <= age < READ_AGAIN_AFTER:
                self._names, self._at = _read(), now
            return self._names


def person_name(work_number: str, name: str) -> str:
    """Return a person as lists show one."""
    return f"{work_number} {name}"


def _read() -> Names:
    regions = organisation.list_regions()
    counties = {each.code: each.name for each in organisation.list_counties()}
    return Names(
        categories={each.code: each.name for each in rules.list_categories()},
        counties=counties,
        regions={each.code: each.name for each in regions},
        paths=organisation.region_paths(),
        towns={
            county: {
                each.code: each.name
                for each in regions
                if county in {each.parent_code, each.administered_by_code}
            }
            for county in counties
        },
        units={each.id: each.name for each in organisation.list_units()},
        people={
            each.id: person_name(each.work_number, each.name) for each in accounts.list_people()
        },
        tags={
            each.code: (each.words.name_zh, each.words.name_en)
            for each in code_register.all_codes(CodeList.TAG)
        },
        types=type_register.read_book(),
    )
