"""Days, weeks and months of the city. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME

ONE_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"  # from Monday on
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first midnight of the city up to the last, which is no part of it."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The moment at which it begins."""
        return datetime.combine(self.first, time(), tzinfo=CITY_TIME)

    @property
    def ends(self) -> datetime:
        """The first moment that is no part of it."""
        return datetime.combine(self.last + ONE_DAY, time(), tzinfo=CITY_TIME)


def period_of(day: date, kind: PeriodKind) -> Period:
    """Return the period in which a day lies."""
    match kind:
        case PeriodKind.DAY:
            return Period(kind=kind, first=day, last=day)
        case PeriodKind.WEEK:
            first = day - timedelta(days=day.weekday())
            return Period(kind=kind, first=first, last=first + timedelta(days=6))
        case PeriodKind.MONTH:
            return _months(kind, day.year, day.month, 1)
        case PeriodKind.QUARTER:
            return _months(kind, day.year, (day.month - 1) // 3 * 3 + 1, 3)


def before(period: Period) -> Period:
    """Return the period of the same kind before it."""
    return period_of(period.first - ONE_DAY, period.kind)


def after(period: Period) -> Period:
    """Return the period of the same kind behind it."""
    return period_of(period.last + ONE_DAY, period.kind)


def _months(kind: PeriodKind, year: int, month: int, count: int) -> Period:
    end = year * 12 + month - 1 + count
    return Period(
        kind=kind, first=date(year, month, 1), last=date(end // 12, end % 12 + 1, 1) - ONE_DAY
    )
