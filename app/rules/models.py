"""Tables of the rules that a city changes: each row says from when and until when it holds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.rules.code_lists import CodeList
from app.rules.type_natures import Nature


class Category(Model):
    """What a matter is about: two digits for the first level, four for the second (2.3).

    A code has a row for each time that other words hold (`dated_versions`).
    """

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(64))
    parent_code: Mapped[str | None] = mapped_column(String(8))
    keywords: Mapped[list[str]] = mapped_column(Json)
    # First letters of the name in pinyin: agents type "zfgjj", not eight characters.
    initials: Mapped[str] = mapped_column(String(64))
    # The whole pinyin without tones, a blank between syllables; ü is written v, as it is typed.
    pinyin: Mapped[str] = mapped_column(String(128), default="")
    # Who leads where the city handles it; empty: as the first level says.
    default_unit_code: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    # Who leads where a county or a town handles it: words of `category_words`.
    county_lead: Mapped[str] = mapped_column(String(16), default="")
    town_lead: Mapped[str] = mapped_column(String(16), default="")
    not_to_town: Mapped[bool] = mapped_column(default=False)
    # By type of request, as `time_limits` writes them; a type that is missing has the city's limit.
    limits: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    # The same matter in DB44/T 2479, in GB/T 39666 and in the lists of before.
    provincial_code: Mapped[str] = mapped_column(String(16), default="")
    national_code: Mapped[str] = mapped_column(String(16), default="")
    old_label: Mapped[str] = mapped_column(String(64), default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class Exclusion(Model):
    """A matter that the hotline does not take up, and what is done instead (domain rules 1.3).

    A code has a row for each time that other words hold (`dated_versions`).
    """

    __tablename__ = "exclusions"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    # transfer, tell, explain, police, refer, ask
    treatment: Mapped[str] = mapped_column(String(16))
    # What the agent starts from; the record keeps what was really said.
    told_where: Mapped[str] = mapped_column(String(200))
    told_words: Mapped[str] = mapped_column(String(1000))
    basis: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class UrgencyWord(Model):
    """A word that makes a demand urgent until an agent says why not (domain rules 1.5, 2.1)."""

    __tablename__ = "urgency_words"
    __table_args__ = (UniqueConstraint("word", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(32))
    # threat, life, danger, supply, crowd
    kind: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class WrapUpCode(Model):
    """How a call ended, as the agent sees it."""

    __tablename__ = "wrap_up_codes"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    # The caller abused the agent, who may take a break at once.
    marks_abuse: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class CodeEntry(Model):
    """One code of a list that the city keeps: a reason, a skill."""

    __tablename__ = "code_entries"
    __table_args__ = (UniqueConstraint("code_list", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_list: Mapped[CodeList] = mapped_column(word(CodeList))
    code: Mapped[str] = mapped_column(String(32))
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    # Of a break: after how long a supervisor is told that it goes on. None: never.
    minutes: Mapped[int | None]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class RetentionRule(Model):
    """How many days records of one class are kept; which rule holds is asked on the day itself."""

    __tablename__ = "retention_rules"
    __table_args__ = (UniqueConstraint("record_class", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_class: Mapped[str] = mapped_column(String(32))
    keep_days: Mapped[int]
    basis: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


class BrandVersion(Model):
    """How the hotline calls itself from a moment on, with its picture as a PNG or none."""

    __tablename__ = "brand_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(32))
    name_en: Mapped[str] = mapped_column(String(64))
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # What the picture is asked for by, "" without one.
    logo_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    basis: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime] = mapped_column(Moment, unique=True)


class CalendarYear(Model):
    """A year of which it is known which days are worked (the State Council's notice)."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notice: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(Moment)


class CalendarDay(Model):
    """A day of which a notice says that it is off, or worked though it is a weekend.

    A notice may speak of the last days of the year before its own.
    """

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    is_off: Mapped[bool]
    notice_year: Mapped[int] = mapped_column(ForeignKey("calendar_years.year"), index=True)


class OfficeHoursRule(Model):
    """When offices are open on a working day, from a day on."""

    __tablename__ = "office_hours_rules"

    since: Mapped[date] = mapped_column(primary_key=True)
    # as app.rules.office_hours writes them
    sessions: Mapped[str] = mapped_column(String(100))


class CalendarVersion(Model):
    """One thing that was said of the calendar; the tables above are copies of what all say by now.

    None is changed or deleted: a clock names the one that it was reckoned by.
    """

    __tablename__ = "calendar_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    # as app.rules.calendar_history writes it
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    said_at: Mapped[datetime] = mapped_column(Moment)
    said_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class RuleValueRow(Model):
    """What one rule says from a moment on; never overwritten once that moment has passed."""

    __tablename__ = "rule_values"
    __table_args__ = (UniqueConstraint("key", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(48))
    value: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime] = mapped_column(Moment)


class RequestTypeVersion(Model):
    """One dictionary of the types of request: what could be chosen from a moment on (1.4)."""

    __tablename__ = "request_type_versions"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    basis: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[datetime] = mapped_column(Moment, unique=True)


class RequestTypeRow(Model):
    """A type of request in one dictionary."""

    __tablename__ = "request_types"
    __table_args__ = (UniqueConstraint("version_code", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_code: Mapped[str] = mapped_column(ForeignKey("request_type_versions.code"))
    code: Mapped[str] = mapped_column(String(32))
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(64))
    # What it behaves like; rules ask for that, and never for a code.
    nature: Mapped[Nature] = mapped_column(word(Nature))
    # How long a demand of it may take; "": as long as its nature may.
    limit: Mapped[str] = mapped_column(String(16), default="")
    position: Mapped[int]


class RequestTypeMapping(Model):
    """What a type of one dictionary is in a later one, as it was said at a moment; all are kept."""

    __tablename__ = "request_type_mappings"
    __table_args__ = (UniqueConstraint("from_version", "from_type", "to_version", "said_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_version: Mapped[str] = mapped_column(ForeignKey("request_type_versions.code"))
    from_type: Mapped[str] = mapped_column(String(32))
    to_version: Mapped[str] = mapped_column(ForeignKey("request_type_versions.code"))
    # "" says that nothing there is the same.
    to_type: Mapped[str] = mapped_column(String(32))
    basis: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime] = mapped_column(Moment)
