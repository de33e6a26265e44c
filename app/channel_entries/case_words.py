"""What a case of a channel says, and what it lacks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize

from app.rules.type_natures import Nature
from app.tickets.person_details import AgeGroup, Gender, PersonKind
from app.tickets.ticket_elements import lacking
from app.tickets.ticket_states import Urgency


def numbered(text: str) -> str:
    """Return a number as it is kept, the channel's own or of a telephone.

    ＷＬ－１ of an input method is WL-1.
    """
    return normalize("NFKC", text).strip()


class Column(StrEnum):
    """What a case says; each has a heading `entries.column_<column>` in both languages."""

    SOURCE_NO = "source_no"
    RECEIVED_AT = "received_at"
    REQUEST_TYPE = "request_type"
    TITLE = "title"
    CONTENT = "content"
    DEMAND = "demand"
    CATEGORY = "category_code"
    COUNTY = "county_code"
    TOWN = "town_code"
    GRID = "grid"
    ADDRESS = "address"
    COORDINATES = "coordinates"
    OCCURRED = "occurred"
    RESPONDENT = "respondent"
    CALLER_NAME = "caller_name"
    PERSON_KIND = "person_kind"
    GENDER = "gender"
    AGE_GROUP = "age_group"
    CONTACT_NUMBER = "contact_number"
    URGENCY = "urgency"
    URGENCY_REASON = "urgency_reason"
    IS_CONFIDENTIAL = "is_confidential"
    HANDLED_BY = "is_channels_own"
    PROCESS = "process"
    RESULT = "result"
    PUBLIC_REPLY = "public_reply"
    SETTLED_ON = "settled_on"


OUTCOME = frozenset({Column.RESULT, Column.PUBLIC_REPLY, Column.SETTLED_ON})
"""What came of it."""

OF_THE_CHANNEL = OUTCOME | {Column.PROCESS}
"""What only a case has that its channel handles itself."""


@dataclass(frozen=True, kw_only=True)
class CaseWords:
    """One case, read; the names are those of the columns."""

    source_no: str | None
    received_at: datetime | None
    request_type: str
    title: str
    content: str
    demand: str
    category_code: str
    county_code: str
    town_code: str | None
    address: str
    occurred: str
    respondent: str
    caller_name: str
    contact_number: str
    urgency: Urgency
    urgency_reason: str
    is_confidential: bool
    is_channels_own: bool
    grid: str = ""
    coordinates: str = ""
    person_kind: PersonKind | None = None
    gender: Gender | None = None
    age_group: AgeGroup | None = None
    process: str = ""
    result: str = ""
    public_reply: str = ""
    settled_on: datetime | None = None


def lacking_of(nature: Nature, fields: Mapping[str, object], *, own: bool) -> list[str]:
    """Return what a case of this nature needs and has not, by the names of its fields.

    A unit that gets it needs the elements of its type; a channel that handles it itself has them.
    """
    if own:
        return [name for name in ("content", "county_code") if not fields.get(name)]
    return [str(each) for each in lacking(nature, fields)]


def differing(old: CaseWords, new: CaseWords) -> frozenset[Column]:
    """Return the columns in which two readings of a case differ."""
    return frozenset(
        column for column in Column if getattr(old, column.value) != getattr(new, column.value)
    )
