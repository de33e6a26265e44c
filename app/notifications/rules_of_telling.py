"""The dated rules that messages and their escalation heed, as they hold at a moment."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.duty_roster.escalation import Shares
from app.rules import rule_register
from app.rules.quiet_hours import QuietHours
from app.rules.rule_book import RuleBook, UnknownRule

USUAL_QUIET = QuietHours(since=time(22), until=time(7, 30))
USUAL_TRIES = 6
USUAL_LATE = 5
USUAL_SHARES = Shares(second=0.33, leader=0.67, hotline=1.0)
"""Those that are shipped: they hold on a site that has not loaded these rules yet."""


@dataclass(frozen=True, kw_only=True)
class TellingRules:
    """What holds at one moment."""

    quiet: QuietHours | None
    most_tries: int
    shares: Shares
    late_after: timedelta

    def is_quiet(self, moment: datetime) -> bool:
        """Say whether only what hurries is sent at a moment."""
        return self.quiet is not None and self.quiet.end_after(moment) is not None


def at(moment: datetime) -> TellingRules:
    """Return what holds at a moment."""
    book = rule_register.read_book()
    return TellingRules(
        quiet=_quiet(book, moment),
        most_tries=_tries(book, moment),
        shares=_shares(book, moment),
        late_after=_late_after(book, moment),
    )


def _quiet(book: RuleBook, moment: datetime) -> QuietHours | None:
    try:
        return book.quiet_hours(moment)
    except UnknownRule:
        return USUAL_QUIET


def _tries(book: RuleBook, moment: datetime) -> int:
    try:
        return book.most("most.message_tries", moment)
    except UnknownRule:
        return USUAL_TRIES


def _late_after(book: RuleBook, moment: datetime) -> timedelta:
    try:
        return timedelta(minutes=book.most("most.message_late_minutes", moment))
    except UnknownRule:
        return timedelta(minutes=USUAL_LATE)


def _shares(book: RuleBook, moment: datetime) -> Shares:
    try:
        return Shares(
            second=book.share("share.escalate_second", moment),
            leader=book.share("share.escalate_leader", moment),
            hotline=book.share("share.escalate_hotline", moment),
        )
    except UnknownRule:
        return USUAL_SHARES
