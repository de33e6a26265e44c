"""Which values a city may set for its rules, and which holds when. Pure.

A value is never overwritten: a new one holds from a moment on, and what ran under the old one goes
on under it (architecture A7). `version_at` names the whole set that holds at a moment, so that an
order can say by which rules it runs.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Invalid, NotFound
from app.rules.due_dates import AfterHours, CountingWay, FirstDay, LastDayEnds
from app.rules.quiet_hours import NONE, QuietHours, read_quiet_hours
from app.rules.time_limits import NEEDS_CALENDAR, Limit, plain_length, read_limit
from app.rules.visit_hours import USUAL, VisitHours, read_visit_hours

COUNT = re.compile(r"[1-9][0-9]?")
FACTOR = re.compile(r"[1-9][0-9]?(\.[1-9])?")
SHARE = re.compile(r"(100|[1-9][0-9]?)\s*%")


class RuleGroup(StrEnum):
    """The first part of a rule's key: what sort of value it has, and where it stands on screens."""

    LIMIT = "limit"
    MOST = "most"
    WARN = "warn"
    COUNTING = "counting"
    QUIET = "quiet"
    SHARE = "share"
    REVIEW = "review"
    RESULT = "result"
    ENTERPRISE = "enterprise"
    CONTACT = "contact"
    HOT = "hot"
    VISIT = "visit"
    PRIVACY = "privacy"
    REPLY = "reply"
    OUTSOURCED = "outsourced"


class ReviewGate(StrEnum):
    """Which new tickets somebody looks at before they are dispatched (预审)."""

    NONE = "no_review"
    NOT_BY_CALL = "review_not_by_call"  # what nobody of the hotline heard
    ALL = "review_all"


class MustTell(StrEnum):
    """Of which demands a result must tell something (domain rules 2.1)."""

    NONE = "result_optional"
    COMPLAINTS = "result_complaints"  # complaints and reports
    ALL = "result_all"


class FastLane(StrEnum):
    """Whether enterprises are answered within limits of their own (domain rule R13)."""

    OFF = "lane_off"
    ON = "lane_on"


class UrgentContact(StrEnum):
    """Whether who is in need is contacted within a limit of its own (domain rule R04)."""

    OFF = "contact_off"
    ON = "contact_on"


class ReplyBy(StrEnum):
    """Who answers the caller once a result has passed the audit (domain rule R19)."""

    UNIT = "reply_by_unit"  # 粤办函〔2022〕230号
    HOTLINE = "reply_by_hotline"  # the older measure of Heyuan (domain rules P1)


class Outsourced(StrEnum):
    """What people of a contractor may do beside answering calls (domain rule R28)."""

    BARRED = "outsourced_barred"  # neither handle, judge nor close, whatever their role
    BY_ROLE = "outsourced_by_role"


class ByType(StrEnum):
    """What the type of a demand promises who asks (domain rules R20, 1.13)."""

    AS_ASKED = "by_type_as_asked"
    CONFIDENTIAL = "by_type_confidential"


CONFIDENTIAL_RULES: Mapping[str, ByType] = {
    "privacy.consult": ByType.AS_ASKED,
    "privacy.help": ByType.AS_ASKED,
    "privacy.suggestion": ByType.AS_ASKED,
    "privacy.complaint": ByType.AS_ASKED,
    "privacy.report": ByType.CONFIDENTIAL,
}
"""The rule of each type of demand, and what holds where a city never said anything."""


CHOICES: Mapping[str, frozenset[str]] = {
    "counting.first_day": frozenset(FirstDay),
    "counting.last_day_ends": frozenset(LastDayEnds),
    "counting.after_hours": frozenset(AfterHours),
    "review.before_dispatch": frozenset(ReviewGate),
    "result.measures": frozenset(MustTell),
    "result.legal_basis": frozenset(MustTell),
    "enterprise.fast_lane": frozenset(FastLane),
    "contact.urgent": frozenset(UrgentContact),
    "reply.by": frozenset(ReplyBy),
    "outsourced.handling": frozenset(Outsourced),
    **dict.fromkeys(CONFIDENTIAL_RULES, frozenset(ByType)),
}
"""Rules that are one of a few words."""


SPANS = frozenset(
    {
        "limit.visit_apart", "limit.visit_link", "limit.visit_link_first", "limit.archive",
        "limit.entry_edit", "limit.entry_cycle", "limit.text_response", "limit.mailbox_response",
        "limit.same_caller", "limit.same_place",
    }
)  # fmt: skip
"""Limits that are a mere length of time: minutes, hours or natural days.

What comes in is taken in on any day, also before the calendar of the next year is known.
"""


FACTORS = frozenset({"hot.factor"})
"""Rules that say how many times as much something is."""


class UnknownRule(NotFound):
    """There is no such rule."""

    code = "rule-not-found"


class UnfitCount(Invalid):
    """So often: a whole number from 1 to 99."""

    code = "count-unfit"


class UnfitSpan(Invalid):
    """A mere length of time is counted in minutes, hours or natural days."""

    code = "span-unfit"


class UnfitChoice(Invalid):
    """One of the words that the form offers."""

    code = "rule-choice-unfit"


class UnfitFactor(Invalid):
    """So many times as much: from 1 to 99, a tenth at the finest."""

    code = "factor-unfit"


class UnfitShare(Invalid):
    """A share of a limit: from 1% to 100%."""

    code = "share-unfit"


@dataclass(frozen=True, kw_only=True)
class RuleValue:
    """What a rule says from a moment on, and on what it is based."""

    key: str
    value: str
    valid_from: datetime
    basis: str


def group_of(key: str) -> RuleGroup:
    """Return what sort of rule this is; raises UnknownRule."""
    first = key.partition(".")[0]
    if first not in set(RuleGroup):
        raise UnknownRule(rule=key)
    return RuleGroup(first)


def fitting(key: str, typed: str) -> str:
    """Return a value as it is kept.

    Raises UnfitLimit, UnfitSpan, UnfitCount, UnfitFactor, UnfitChoice, UnfitQuietHours,
    UnfitVisitHours or UnfitShare.
    """
    match group_of(key):
        case RuleGroup.LIMIT | RuleGroup.WARN:
            return _fitting_limit(key, typed)
        case RuleGroup.MOST | RuleGroup.HOT:
            return _fitting_number(key, typed.strip())
        case RuleGroup.QUIET:
            return str(read_quiet_hours(typed, field="value") or NONE)
        case RuleGroup.VISIT:
            return str(read_visit_hours(typed, field="value"))
        case RuleGroup.SHARE:
            return _fitting_share(typed)
        case _:
            if typed not in CHOICES.get(key, frozenset()):
                raise UnfitChoice(field="value")
            return typed


def _fitting_number(key: str, typed: str) -> str:
    if key in FACTORS:
        if FACTOR.fullmatch(typed) is None:
            raise UnfitFactor(field="value")
    elif COUNT.fullmatch(typed) is None:
        raise UnfitCount(field="value")
    return typed


def _fitting_limit(key: str, typed: str) -> str:
    limit = read_limit(typed, field="value")
    if key in SPANS and limit.unit in NEEDS_CALENDAR:
        raise UnfitSpan(field="value")
    return str(limit)


def _fitting_share(typed: str) -> str:
    found = SHARE.fullmatch(typed.strip())
    if found is None:
        raise UnfitShare(field="value")
    return f"{found[1]}%"


class RuleBook:
    """Every value of every rule, of all times."""

    def __init__(self, values: Iterable[RuleValue]) -> None:
        self._values: dict[str, list[RuleValue]] = {}
        for each in sorted(values, key=lambda value: value.valid_from):
            self._values.setdefault(each.key, []).append(each)

    def known(self) -> list[str]:
        """Return the keys of all rules, in the order in which they were first told."""
        return list(self._values)

    def history(self, key: str) -> list[RuleValue]:
        """Return all values of a rule, the newest first; raises UnknownRule."""
        if key not in self._values:
            raise UnknownRule(rule=key)
        return self._values[key][::-1]

    def at(self, key: str, moment: datetime) -> RuleValue:
        """Return what a rule says at a moment; raises UnknownRule where it says nothing yet."""
        for each in self.history(key):
            if each.valid_from <= moment:
                return each
        raise UnknownRule(rule=key)

    def says(self, key: str, moment: datetime) -> bool:
        """Say whether a rule said anything at a moment."""
        return any(each.valid_from <= moment for each in self._values.get(key, ()))

    def limit(self, key: str, moment: datetime) -> Limit:
        """Return a limit as it holds at a moment."""
        return read_limit(self.at(key, moment).value)

    def span(self, key: str, moment: datetime) -> timedelta:
        """Return a mere length of time (one of SPANS), as it holds at a moment."""
        return plain_length(self.limit(key, moment))

    def most(self, key: str, moment: datetime) -> int:
        """Return how often something may be, as it holds at a moment."""
        return int(self.at(key, moment).value)

    def factor(self, key: str, moment: datetime) -> float:
        """Return how many times as much something is, as it holds at a moment."""
        return float(self.at(key, moment).value)

    def quiet_hours(self, moment: datetime) -> QuietHours | None:
        """Return when nobody is disturbed, as it holds at a moment; None: at no time."""
        return read_quiet_hours(self.at("quiet.hours", moment).value)

    def visit_hours(self, moment: datetime) -> VisitHours:
        """Return when citizens are called back, as it holds at a moment; never said: as usual."""
        key = "visit.hours"
        return read_visit_hours(self.at(key, moment).value) if self.says(key, moment) else USUAL

    def share(self, key: str, moment: datetime) -> float:
        """Return a share of a limit, as it holds at a moment: 0.33 for `33%`."""
        return int(self.at(key, moment).value.removesuffix("%")) / 100

    def has_fast_lane(self, moment: datetime) -> bool:
        """Say whether enterprises have limits of their own at a moment; never said: they do not."""
        return self._is_on("enterprise.fast_lane", FastLane.ON, moment)

    def contacts_urgent(self, moment: datetime) -> bool:
        """Say whether what is urgent has a first contact of its own; never said: it has none."""
        return self._is_on("contact.urgent", UrgentContact.ON, moment)

    def hotline_answers(self, moment: datetime) -> bool:
        """Say whether the hotline answers the caller; never said: the unit that leads does."""
        return self._is_on("reply.by", ReplyBy.HOTLINE, moment)

    def bars_outsourced(self, moment: datetime) -> bool:
        """Say whether people of a contractor handle and judge nothing; never said: they do not."""
        key = "outsourced.handling"
        return not self.says(key, moment) or self.at(key, moment).value == Outsourced.BARRED

    def keeps_confidential(self, kind: str, moment: datetime) -> bool:
        """Say whether demands of this type are confidential whatever was asked for (rule R20)."""
        key = f"privacy.{kind}"
        if not self.says(key, moment):
            return CONFIDENTIAL_RULES.get(key) is ByType.CONFIDENTIAL
        return self.at(key, moment).value == ByType.CONFIDENTIAL

    def _is_on(self, switch: str, on: str, moment: datetime) -> bool:
        return self.says(switch, moment) and self.at(switch, moment).value == on

    def counting(self, moment: datetime) -> CountingWay:
        """Return how days are counted at a moment."""
        return CountingWay(
            first_day=FirstDay(self.at("counting.first_day", moment).value),
            last_day_ends=LastDayEnds(self.at("counting.last_day_ends", moment).value),
            after_hours=AfterHours(self.at("counting.after_hours", moment).value),
        )

    def _known_at(self, moment: datetime) -> list[str]:
        return [key for key in self.known() if self._values[key][0].valid_from <= moment]

    def version_at(self, moment: datetime) -> str:
        """Return a name for all that holds at a moment: the same values have the same name."""
        holding = [f"{key}={self.at(key, moment).value}" for key in sorted(self._known_at(moment))]
        return hashlib.sha256("\n".join(holding).encode()).hexdigest()[:12]
