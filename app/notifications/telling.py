"""Turns what happened to a ticket into messages: who, what, by which way, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import force_locale, gettext

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.handed_down import given
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.core.phone_numbers import mask_in_text
from app.handling import clocks, visit_links
from app.handling.acting import matter_of
from app.handling.clock_rules import ClockKind
from app.handling.part_numbers import number_for
from app.notifications import (
    addressees,
    message_texts,
    outbox,
    rules_of_telling,
    visit_invitation,
)
from app.notifications.addressees import Addressee
from app.notifications.occasions import (
    ASKS,
    Occasion,
    Recipient,
    Telling,
    Way,
    hurries,
    tellings_of,
    template_for,
)
from app.notifications.outbox import NewMessage
from app.notifications.provider import MessageProviders
from app.notifications.reach import why_unreachable
from app.notifications.template_text import fields_in
from app.notifications.visit_invitation import NOT_ASKED, Asked
from app.organisation import service as organisation
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.rule_book import UnknownRule
from app.rules.working_time import CalendarYearMissing
from app.tickets import service as tickets
from app.tickets.service import Ticket

LONGEST_REPLY = 300


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What happened to a ticket. `key` names it: the same cause tells nobody twice.

    `unit_ids`: the units it is about; `due`, `clock`, `reply`: what the texts may say;
    `contact_due`: until when they owe who asked a first contact, None where nobody promised one;
    `leaves_out`: who is told of it otherwise; `is_secret`: he is told no more than under
    confidentiality, whatever he himself was promised; `numbers`: fields that read the same in
    every language.
    """

    occasion: Occasion
    key: str
    ticket_id: int
    unit_ids: tuple[int, ...] = ()
    due: datetime | None = None
    contact_due: datetime | None = None
    clock: str = ""
    reply: str = ""
    leaves_out: Recipient | None = None
    is_secret: bool = False
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WrittenText:
    """What a message says, and whether it asks its reader how his matter was handled."""

    subject: str
    body: str
    asks_visit: bool


def tell(cause: Cause) -> int:
    """Write the messages of an occasion; return how many. Belongs into the save of the cause."""
    ticket = tickets.get_ticket(cause.ticket_id)
    now = clock.now()
    count = 0
    for telling in tellings_of(cause.occasion):
        if telling.to is cause.leaves_out:
            continue
        if telling.to is Recipient.CALLER:
            count += write(telling, cause, ticket, [addressees.caller_of(ticket)], unit_id=None)
            continue
        for unit_id in cause.unit_ids:
            who = (
                addressees.leader_of(unit_id, at=now)
                if telling.to is Recipient.UNIT_LEADER
                else addressees.of_unit(unit_id, at=now)
            )
            count += write(telling, cause, ticket, who, unit_id=unit_id)
    return count


def write(
    telling: Telling,
    cause: Cause,
    ticket: Ticket,
    who: Sequence[Addressee],
    *,
    unit_id: int | None,
) -> int:
    """Write one line of the table for these people; return how many messages it became."""
    is_secret = ticket.is_confidential or cause.is_secret
    needs_carrier = telling.is_extra or telling.is_spoken_instead
    if needs_carrier and telling.way not in given(MessageProviders).by_way:
        return 0
    if telling.is_spoken_instead and is_secret:
        return 0
    quiet = rules_of_telling.at(clock.now()).quiet
    is_urgent = hurries(telling, is_urgent_ticket=ticket.urgency.hurries)
    template = template_for(telling, is_confidential=is_secret)
    count = 0
    for each in who:
        address = each.email if telling.way is Way.EMAIL else each.number
        why_not = each.why_not or why_unreachable(telling.way, address)
        if why_not and (telling.is_extra or telling.is_spoken_instead):
            continue
        if telling.is_spoken_instead and why_unreachable(Way.SMS, address) is None:
            continue
        asked = visit_invitation.asked_in(template, ticket) if why_not is None else NOT_ASKED
        text = text_of(
            template, cause, ticket, unit_id=unit_id, language=each.language, asked=asked
        )
        written = outbox.write(
            NewMessage(
                once_key=f"{cause.occasion}:{cause.key}:{telling.way}:{each.ref}",
                occasion=cause.occasion,
                recipient=telling.to,
                way=telling.way,
                ticket_id=ticket.id,
                unit_id=unit_id,
                recipient_name=each.name,
                address=address,
                language=each.language,
                template=template,
                subject=text.subject,
                body=text.body,
                is_urgent=is_urgent,
                good_for=telling.good_for,
                why_not=why_not,
                asks_visit=text.asks_visit,
            ),
            quiet=quiet,
        )
        count += written is not None
    return count


def text_of(
    template: str,
    cause: Cause,
    ticket: Ticket,
    *,
    unit_id: int | None,
    language: str,
    asked: Asked = NOT_ASKED,
) -> WrittenText:
    """Return a message's words in a language. Of a confidential ticket nobody reads the matter.

    `asked`: how he answers himself how it was handled, where the text has a place for it.
    """
    version = message_texts.holding(template, language, clock.now())
    with force_locale(LOCALES.get(language, LOCALES[FIRST_LANGUAGE])):
        hidden = gettext("notifications.title_hidden")
        values = {
            "number": number_for(ticket, unit_id) if unit_id else ticket.number,
            "title": hidden if ticket.is_confidential else mask_in_text(ticket.title),
            "code": ticket.check_code or "",
            "unit": organisation.get_unit(unit_id).name if unit_id else "",
            "due": day_in_words(cause.due) if cause.due else gettext("notifications.due_unknown"),
            "contact": contact_in_words(cause.contact_due),
            "clock": gettext(f"notifications.clock_{cause.clock}") if cause.clock else "",
            "reply": hidden if ticket.is_confidential else _shortened(cause.reply),
            "deadline": deadline_in_words(ticket)
            if cause.occasion is Occasion.TICKET_OPENED
            else "",
            "visit": visit_invitation.in_words(
                asked.link, until=day_in_words(clock.now() + visit_links.good_for())
            ),
            "keys": visit_invitation.keys_in_words() if asked.by_keys else "",
            **cause.numbers,
        }
        subject, body = message_texts.written(version, values)
    has_place = bool(ASKS & fields_in(version.body))
    return WrittenText(subject=subject, body=body, asks_visit=asked.is_asked and has_place)


def contact_in_words(due: datetime | None) -> str:
    """Say until when who asked must have been called, where that is owed; else nothing."""
    return str(gettext("notifications.contact_by", at=day_in_words(due))) if due else ""


def deadline_in_words(ticket: Ticket) -> str:
    """Say until when the caller will have an answer, in the language of the context.

    Where the calendar of a year is not known yet nothing is guessed.
    """
    due = answer_due(ticket)
    if due is None:
        return str(gettext("notifications.deadline_unknown"))
    return str(gettext("notifications.deadline_by", at=day_in_words(due)))


def answer_due(ticket: Ticket) -> datetime | None:
    """Return until when the citizen is promised an answer; None where it cannot be reckoned.

    His own clock begins with the end of his call; while he is still on the line the same rule is
    reckoned from the opening.
    """
    begun = clocks.running(ticket.id, ClockKind.CITIZEN)
    if begun is not None:
        return begun.due_at
    book, matter = rule_register.read_book(), matter_of(ticket)
    try:
        return reckon_due(
            ticket.opened_at,
            clocks.limit_of(ClockKind.CITIZEN, matter, ticket.opened_at),
            working_calendar.working_time(),
            is_urgent=matter.urgent is not None,
            way=book.counting(ticket.opened_at),
        ).due
    except (UnknownRule, CalendarYearMissing):
        return None


def day_in_words(moment: datetime) -> str:
    """Say a moment as people do, in the city's time and the language of the context."""
    here = moment.astimezone(CITY_TIME)
    return str(
        gettext(
            "notifications.day",
            year=here.year,
            month=here.month,
            day=here.day,
            time=f"{here:%H:%M}",
        )
    )


def _shortened(reply: str) -> str:
    return reply if len(reply) <= LONGEST_REPLY else f"{reply[: LONGEST_REPLY - 1]}…"
