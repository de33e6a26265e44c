"""Who is told what on which occasion, by which way. One table, pure.

Quiet hours hold back what does not hurry. What is no longer worth telling after `good_for` is never
told: a reminder that comes after its deadline only annoys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Way(StrEnum):
    """How somebody is told."""

    SMS = "sms"
    IM = "im"  # an instant message, addressed by mobile number
    EMAIL = "email"
    SITE = "site"  # on the site where he asked, which shows it to him
    VOICE = "voice"  # a call that reads the text aloud


class Recipient(StrEnum):
    """Who is told."""

    CALLER = "caller"
    SENDER = "sender"  # who wrote to us, answered by the way he wrote
    UNIT = "unit"  # the first person on duty, else its liaisons
    UNIT_LEADER = "unit_leader"
    ON_DUTY = "on_duty"  # whom an escalation has come to


class Haste(StrEnum):
    """Whether quiet hours are heeded."""

    NEVER = "never"
    AS_TICKET = "as_ticket"
    ALWAYS = "always"


class Occasion(StrEnum):
    """What happened; named after the events of tickets and their handling, and what did not."""

    TICKET_OPENED = "ticket_opened"
    TICKET_DISPATCHED = "ticket_dispatched"
    TICKET_DESIGNATED = "ticket_designated"
    RETURN_AGREED = "return_agreed"
    RETURN_REFUSED = "return_refused"
    TIME_AGREED = "time_agreed"
    TIME_REFUSED = "time_refused"
    TICKET_SUSPENDED = "ticket_suspended"
    CLOCK_NEARLY_DUE = "clock_nearly_due"
    CLOCK_RAN_OUT = "clock_ran_out"
    URGED = "urged"
    SUPPLEMENTED = "supplemented"
    SUPERVISED = "supervised"
    RESULT_SENT_BACK = "result_sent_back"
    RESULT_APPROVED = "result_approved"
    ANSWER_COMES = "answer_comes"  # the result holds, and somebody of the hotline will tell it
    TICKET_SENT_AGAIN = "ticket_sent_again"
    TICKET_MERGED = "ticket_merged"
    TICKET_WITHDRAWN = "ticket_withdrawn"
    ESCALATED = "escalated"
    UNIT_CALLED_IN = "unit_called_in"
    TEXT_ANSWERED = "text_answered"
    TEXT_MADE_TICKET = "text_made_ticket"
    ENTRIES_BEHIND = "entries_behind"
    HOT_MATTER = "hot_matter"


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One line of the table. `is_extra`: not worth a word where there is no address for it.

    `is_spoken_instead`: a call that reads aloud to a number that takes no text; of a confidential
    matter none is made, for whoever is at home may pick up.
    """

    occasion: Occasion
    to: Recipient
    way: Way
    template: str
    haste: Haste = Haste.NEVER
    good_for: timedelta = timedelta(days=1)
    is_extra: bool = False
    is_spoken_instead: bool = False


_O, _R, _W, _H = Occasion, Recipient, Way, Haste
_DAYS = timedelta(days=3)


def _caller(occasion: Occasion, template: str) -> Telling:
    return Telling(occasion=occasion, to=_R.CALLER, way=_W.SMS, template=template, good_for=_DAYS)


def _unit(occasion: Occasion, template: str, haste: Haste = _H.AS_TICKET) -> Telling:
    return Telling(occasion=occasion, to=_R.UNIT, way=_W.SMS, template=template, haste=haste)


def _sender(occasion: Occasion, template: str) -> tuple[Telling, ...]:
    """Whoever writes at night waits for the answer: quiet hours do not hold it back."""
    return tuple(
        Telling(occasion=occasion, to=_R.SENDER, way=way, template=template, haste=_H.ALWAYS,
                good_for=_DAYS)
        for way in (_W.SMS, _W.IM, _W.EMAIL, _W.SITE)
    )  # fmt: skip


TABLE: tuple[Telling, ...] = (
    _caller(_O.TICKET_OPENED, "opened_caller"),
    _unit(_O.TICKET_DISPATCHED, "dispatched_unit"),
    Telling(occasion=_O.TICKET_DISPATCHED, to=_R.UNIT, way=_W.IM, template="dispatched_unit",
            haste=_H.AS_TICKET, is_extra=True),
    _unit(_O.UNIT_CALLED_IN, "called_in_unit"),
    _unit(_O.TICKET_DESIGNATED, "designated_unit"),
    Telling(occasion=_O.TICKET_DESIGNATED, to=_R.UNIT_LEADER, way=_W.SMS,
            template="designated_unit", haste=_H.AS_TICKET, is_extra=True),
    _unit(_O.RETURN_AGREED, "return_agreed_unit", _H.NEVER),
    _unit(_O.RETURN_REFUSED, "return_refused_unit"),
    _unit(_O.TIME_AGREED, "time_agreed_unit", _H.NEVER),
    _caller(_O.TIME_AGREED, "extended_caller"),
    _unit(_O.TIME_REFUSED, "time_refused_unit", _H.NEVER),
    _caller(_O.TICKET_SUSPENDED, "suspended_caller"),
    _unit(_O.CLOCK_NEARLY_DUE, "nearly_due_unit"),
    Telling(occasion=_O.CLOCK_NEARLY_DUE, to=_R.UNIT, way=_W.EMAIL, template="nearly_due_unit",
            is_extra=True),
    _unit(_O.CLOCK_RAN_OUT, "ran_out_unit"),
    Telling(occasion=_O.CLOCK_RAN_OUT, to=_R.UNIT_LEADER, way=_W.SMS, template="ran_out_unit",
            haste=_H.AS_TICKET, is_extra=True),
    _unit(_O.URGED, "urged_unit"),
    _unit(_O.SUPPLEMENTED, "supplemented_unit"),
    _unit(_O.SUPERVISED, "supervised_unit"),
    Telling(occasion=_O.SUPERVISED, to=_R.UNIT_LEADER, way=_W.SMS, template="supervised_unit",
            haste=_H.AS_TICKET, is_extra=True),
    _unit(_O.RESULT_SENT_BACK, "sent_back_unit"),
    _caller(_O.RESULT_APPROVED, "result_caller"),
    Telling(occasion=_O.RESULT_APPROVED, to=_R.CALLER, way=_W.VOICE, template="result_spoken",
            good_for=_DAYS, is_spoken_instead=True),
    _caller(_O.ANSWER_COMES, "answer_comes_caller"),
    _unit(_O.TICKET_SENT_AGAIN, "sent_again_unit"),
    _caller(_O.TICKET_MERGED, "merged_caller"),
    _unit(_O.TICKET_WITHDRAWN, "withdrawn_unit", _H.NEVER),
    Telling(occasion=_O.ESCALATED, to=_R.ON_DUTY, way=_W.VOICE, template="escalated",
            haste=_H.ALWAYS, good_for=timedelta(hours=2)),
    Telling(occasion=_O.ESCALATED, to=_R.ON_DUTY, way=_W.SMS, template="escalated",
            haste=_H.ALWAYS, good_for=timedelta(hours=2)),
    _unit(_O.ENTRIES_BEHIND, "entries_behind_unit", _H.NEVER),
    # who leads the shift is awake; tomorrow it would be no news
    Telling(occasion=_O.HOT_MATTER, to=_R.ON_DUTY, way=_W.SMS, template="hot_matter",
            haste=_H.ALWAYS, good_for=timedelta(hours=2)),
    *_sender(_O.TEXT_ANSWERED, "text_answered_sender"),
    *_sender(_O.TEXT_MADE_TICKET, "text_ticket_sender"),
)  # fmt: skip

CONFIDENTIAL = "_confidential"
"""Ends the name of what a caller is told who asked for confidentiality: the number, no matter."""

_MATTER = frozenset({"number", "title"})
FIELDS: Mapping[str, frozenset[str]] = {
    "text_answered_sender": frozenset({"reply", "channel"}),
    "text_ticket_sender": frozenset({"number", "code", "deadline", "channel"}),
    "entries_behind_unit": frozenset({"unit", "channel", "due"}),
    "hot_matter": _MATTER | {"callers", "hours", "tickets", "usual", "place"},
    "opened_caller": _MATTER | {"deadline", "code"},
    "extended_caller": _MATTER | {"due"},
    "suspended_caller": _MATTER,
    "result_caller": _MATTER | {"reply", "visit"},
    "result_spoken": _MATTER | {"reply", "keys"},
    "merged_caller": _MATTER,
    "answer_comes_caller": _MATTER,
    **{
        f"{name}{CONFIDENTIAL}": frozenset({"number", *extra})
        for name, extra in {
            "opened_caller": ("deadline", "code"),
            "extended_caller": ("due",),
            "suspended_caller": (),
            "result_caller": (),
            "merged_caller": (),
            "answer_comes_caller": (),
        }.items()
    },
    **{
        name: _MATTER | {"unit", "due"}
        for name in (
            "called_in_unit", "return_agreed_unit", "return_refused_unit", "time_agreed_unit",
            "time_refused_unit", "supervised_unit", "sent_back_unit", "withdrawn_unit",
            "urged_unit", "supplemented_unit", "escalated",
        )
    },
    **{
        name: _MATTER | {"unit", "due", "contact"}
        for name in ("dispatched_unit", "designated_unit", "sent_again_unit")
    },
    **{
        name: _MATTER | {"unit", "due", "clock"} for name in ("nearly_due_unit", "ran_out_unit")
    },
}  # fmt: skip
"""Which fields each text may have. Those for callers under confidentiality know no matter."""

EVERYWHERE = frozenset({"brand"})
"""What any text may have: how the hotline calls itself, for its signature."""

ASKS, HEARD = frozenset({"visit", "keys"}), "reply"
"""What asks the caller for his opinion, by a link or by the keys of his telephone, and what he must
have been told before it."""


def tellings_of(occasion: Occasion) -> list[Telling]:
    """Return the lines of the table for an occasion, in their order."""
    return [each for each in TABLE if each.occasion is occasion]


def hurries(telling: Telling, *, is_urgent_ticket: bool) -> bool:
    """Say whether a message ignores quiet hours."""
    return telling.haste is Haste.ALWAYS or (telling.haste is Haste.AS_TICKET and is_urgent_ticket)


def template_for(telling: Telling, *, is_confidential: bool) -> str:
    """Return the name of the text: a caller under confidentiality reads another one."""
    name = f"{telling.template}{CONFIDENTIAL}"
    return name if is_confidential and name in FIELDS else telling.template
