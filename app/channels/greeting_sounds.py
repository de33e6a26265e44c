"""The greetings of the numbers as sounds: kept whole, named by what they sound like, told to nodes.

A sound is never changed: another recording has another name. So whoever has a file of this name
has the right one, and a caller never hears half of an old and half of a new greeting (ADR 0022).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.channels import number_changes, service
from app.channels.models import GreetingSound, LegacyNumber
from app.channels.sound_checks import check_sound
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound

DIGITS_IN_NAME = 12


class NoGreetingSound(NotFound):
    """There is no greeting of this name, or the number has none of its own."""

    code = "no-greeting-sound"


@dataclass(frozen=True, kw_only=True)
class SoundInUse:
    """One sound that every exchange is to have."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class SoundShown:
    """A number's greeting as its page shows it."""

    name: str
    sha256: str
    seconds: float
    uploaded_at: datetime
    uploaded_by: int | None


def name_for(number: str, sha256: str) -> str:
    """Return the name under which exchanges keep this sound."""
    return f"greeting-{number}-{sha256[:DIGITS_IN_NAME]}"


def set_greeting_sound(number_id: int, content: bytes, *, uploaded_by: int | None = None) -> str:
    """Make this WAV file the number's greeting from the next call on; return its name.

    Raises NoSuchNumber, SoundUnfit. The same sound again is the same greeting.
    """
    seconds = check_sound(content)
    line = service.get_number(number_id)
    sha256 = hashlib.sha256(content).hexdigest()
    name = name_for(line.number, sha256)
    # takes the number's lock: two uploads at once stand in line
    number_changes.edit_number(
        number_id,
        replace(number_changes.words_of_number(number_id), greeting_sound=name),
        edited_by=uploaded_by,
    )
    if _row(name) is None:
        db.session.add(
            GreetingSound(
                name=name,
                number_id=number_id,
                sha256=sha256,
                seconds=seconds,
                size_bytes=len(content),
                content=content,
                uploaded_at=clock.now(),
                uploaded_by=uploaded_by,
            )
        )
        db.session.flush()
    return name


def sound_shown(name: str) -> SoundShown | None:
    """Return what is known of an uploaded greeting; None for a sound that only the nodes have."""
    row = _row(name)
    if row is None:
        return None
    return SoundShown(
        name=row.name,
        sha256=row.sha256,
        seconds=row.seconds,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
    )


def content_of(name: str) -> bytes:
    """Return an uploaded greeting, a WAV file. Raises NoGreetingSound."""
    asked = select(GreetingSound.content).where(GreetingSound.name == name)
    content = db.session.scalar(asked) if name else None
    if content is None:
        raise NoGreetingSound
    return content


def sounds_in_use() -> list[SoundInUse]:
    """Return the greetings that callers may hear now, by name."""
    asked = (
        select(GreetingSound.name, GreetingSound.sha256, GreetingSound.size_bytes)
        .where(GreetingSound.name.in_(select(LegacyNumber.greeting_sound)))
        .order_by(GreetingSound.name)
    )
    return [
        SoundInUse(name=name, sha256=sha256, bytes=size)
        for name, sha256, size in db.session.execute(asked)
    ]


def _row(name: str) -> GreetingSound | None:
    asked = select(GreetingSound).where(GreetingSound.name == name)
    return db.session.scalar(asked) if name else None
