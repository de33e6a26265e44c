"""What happens to the lists of codes that a city keeps."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CodeAdded(Event):
    """A list has one code more."""

    name: ClassVar[str] = "code.added"
    code_list: str
    code: str
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class CodeEdited(Event):
    """A code is called, placed or dated otherwise; `fields` names what changed."""

    name: ClassVar[str] = "code.edited"
    code_list: str
    code: str
    fields: str
    edited_by: int | None


@dataclass(frozen=True, kw_only=True)
class CodeEnded(Event):
    """A code may be chosen until `at`, and not from then on."""

    name: ClassVar[str] = "code.ended"
    code_list: str
    code: str
    at: datetime
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class CalendarYearLoaded(Event):
    """It is known which days of a year are worked, or known better; what waited is reckoned."""

    name: ClassVar[str] = "calendar.year_loaded"
    year: int
    days: int
    loaded_by: int | None


@dataclass(frozen=True, kw_only=True)
class OfficeHoursSet(Event):
    """Other office hours hold from a day on; what runs goes on under those it began with."""

    name: ClassVar[str] = "calendar.office_hours_set"
    since: date
    sessions: str
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class RegionDaySet(Event):
    """A region has a day of its own, or has it no more (`kind` is then `as_city`)."""

    name: ClassVar[str] = "calendar.region_day_set"
    region_code: str
    day: date
    kind: str
    why: str
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class RuleValueSet(Event):
    """A rule says something else from `valid_from` on; what runs goes on under what it began."""

    name: ClassVar[str] = "rule.value_set"
    key: str
    value: str
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class BrandSet(Event):
    """The hotline has this name from `valid_from` on."""

    name: ClassVar[str] = "brand.set"
    name_zh: str
    name_en: str
    has_logo: bool
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class RetentionLengthSet(Event):
    """Records of a class are kept for `keep_days` from `valid_from` on, and no more `was_days`."""

    name: ClassVar[str] = "retention.length_set"
    record_class: str
    keep_days: int
    was_days: int | None
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class UrgencyWordAdded(Event):
    """A word makes demands urgent from `valid_from` on."""

    name: ClassVar[str] = "urgency_word.added"
    word: str
    valid_from: datetime
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class UrgencyWordEnded(Event):
    """A word makes demands urgent until `at`, and not from then on."""

    name: ClassVar[str] = "urgency_word.ended"
    word: str
    at: datetime
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class ExclusionAdded(Event):
    """There is one kind of matter more that the hotline does not take up."""

    name: ClassVar[str] = "exclusion.added"
    code: str
    valid_from: datetime
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class ExclusionChanged(Event):
    """Other words hold for a kind of matter from `valid_from` on; `fields` names what differs."""

    name: ClassVar[str] = "exclusion.changed"
    code: str
    fields: str
    valid_from: datetime
    changed_by: int | None


@dataclass(frozen=True, kw_only=True)
class ExclusionEnded(Event):
    """A kind of matter is taken up again from `at` on."""

    name: ClassVar[str] = "exclusion.ended"
    code: str
    at: datetime
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class ExclusionChangeTakenBack(Event):
    """A change that was planned for `valid_from` does not come."""

    name: ClassVar[str] = "exclusion.change_taken_back"
    code: str
    valid_from: datetime
    taken_back_by: int | None


@dataclass(frozen=True, kw_only=True)
class CategoryAdded(Event):
    """There is one category more."""

    name: ClassVar[str] = "category.added"
    code: str
    valid_from: datetime
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(Event):
    """Other words hold for a category from `valid_from` on; `fields` names what differs."""

    name: ClassVar[str] = "category.changed"
    code: str
    fields: str
    valid_from: datetime
    changed_by: int | None


@dataclass(frozen=True, kw_only=True)
class CategoryEnded(Event):
    """A category may be chosen until `at`, and not from then on."""

    name: ClassVar[str] = "category.ended"
    code: str
    at: datetime
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class CategoryChangeTakenBack(Event):
    """A change that was planned for `valid_from` does not come."""

    name: ClassVar[str] = "category.change_taken_back"
    code: str
    valid_from: datetime
    taken_back_by: int | None


@dataclass(frozen=True, kw_only=True)
class TypeVersionPlanned(Event):
    """Another dictionary of request types holds from `valid_from` on, or is planned otherwise."""

    name: ClassVar[str] = "request_types.version_planned"
    code: str
    valid_from: datetime
    planned_by: int | None


@dataclass(frozen=True, kw_only=True)
class TypeVersionTakenBack(Event):
    """A dictionary of request types that was planned does not come."""

    name: ClassVar[str] = "request_types.version_taken_back"
    code: str
    taken_back_by: int | None


@dataclass(frozen=True, kw_only=True)
class TypesMapped(Event):
    """It is said otherwise what types of one dictionary are in a later one; `types` names which."""

    name: ClassVar[str] = "request_types.mapped"
    from_version: str
    to_version: str
    types: str
    mapped_by: int | None
