"""What messages say: the shipped texts, and what the city says instead from a moment on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.languages import FIRST_LANGUAGE
from app.notifications.events import MessageTextSet
from app.notifications.models import MessageText
from app.notifications.occasions import ASKS, EVERYWHERE, FIELDS, HEARD
from app.notifications.refusals import AsksUnheard, NoSuchText
from app.notifications.template_text import checked, fields_in, filled, on_one_line
from app.rules import brand_register
from app.rules.refusals import ChangesThePast

DATA = Path(__file__).parent / "data"
SINCE_EVER = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TextVersion:
    """What one text says from a moment on; `set_by` is None for a shipped one."""

    subject: str
    body: str
    valid_from: datetime
    set_by: int | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether nobody here has written it."""
        return self.valid_from == SINCE_EVER


def history(template: str, language: str) -> list[TextVersion]:
    """Return all versions of a text, the newest first, the shipped one last.

    Raises NoSuchText.
    """
    shipped = _shipped().get((template, language))
    if shipped is None:
        raise NoSuchText
    asked = (
        select(MessageText)
        .where(MessageText.template == template, MessageText.language == language)
        .order_by(MessageText.valid_from.desc())
    )
    own = [
        TextVersion(
            subject=row.subject, body=row.body, valid_from=row.valid_from, set_by=row.set_by
        )
        for row in db.session.scalars(asked)
    ]
    return [*own, shipped]


def holding(template: str, language: str, at: datetime) -> TextVersion:
    """Return what a text says at a moment; an unknown language reads the first one's.

    Raises NoSuchText for a template that does not exist.
    """
    known = language if (template, language) in _shipped() else FIRST_LANGUAGE
    versions = history(template, known)
    return next(each for each in versions if each.valid_from <= at)


def set_text(
    template: str,
    language: str,
    *,
    subject: str,
    body: str,
    valid_from: datetime | None,
    set_by: int | None = None,
) -> None:
    """Let a text say something else from a moment on (default: now).

    What was planned for the same moment is replaced. Raises NoSuchText, ChangesThePast, and what
    `as_kept` raises.
    """
    history(template, language)
    kept_subject, kept_body = as_kept(template, subject=subject, body=body)
    now = clock.now()
    moment = valid_from or now
    if moment < now:
        raise ChangesThePast(field="valid_from")
    asked = select(MessageText).where(
        MessageText.template == template,
        MessageText.language == language,
        MessageText.valid_from == moment,
    )
    row = db.session.scalars(asked.with_for_update()).one_or_none()
    if row is None:
        row = MessageText(template=template, language=language, valid_from=moment)
        db.session.add(row)
    row.subject, row.body, row.set_by = kept_subject, kept_body, set_by
    publish(MessageTextSet(template=template, language=language, valid_from=moment, set_by=set_by))


def as_kept(template: str, *, subject: str, body: str) -> tuple[str, str]:
    """Return subject and body as they are kept. Raises UnknownField, LoneBrace, AsksUnheard.

    No subject asks anybody: a text message has none, and in a mail a link there opens nothing.
    """
    fields = FIELDS[template] | EVERYWHERE
    kept_subject = checked(on_one_line(subject), known=fields - ASKS, field="subject")
    kept_body = checked(body, known=fields, field="body")
    used = fields_in(kept_body)
    if ASKS & used and HEARD not in used:
        raise AsksUnheard(field="body")
    return kept_subject, kept_body


def asks_nobody(template: str, body: str) -> bool:
    """Say whether a text tells a result and leaves out how it may be judged.

    A city may want that: then people call. It is to know, for who leaves it out sees nothing of it.
    """
    return bool(ASKS & FIELDS[template] - fields_in(body))


def written(version: TextVersion, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body with the values in their places.

    A field that has nothing to say leaves no empty line at the end. The hotline's own name is in
    the language of the context.
    """
    if EVERYWHERE & (fields_in(version.subject) | fields_in(version.body)):
        values = {"brand": brand_register.shown_name(), **values}
    return on_one_line(filled(version.subject, values)), filled(version.body, values).strip()


@cache
def _shipped() -> Mapping[tuple[str, str], TextVersion]:
    with (DATA / "message_texts.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["template"], row["language"]): TextVersion(
                subject=row["subject"], body=row["body"], valid_from=SINCE_EVER
            )
            for row in csv.DictReader(file)
        }
