"""How the hotline calls itself, and its picture: a dated value of the city (domain rule R30).

A province names its hotlines anew every few years (粤省心, then 即接即办); a name holds from a
moment on, and what held before stays to be read. Where none was ever set, the setting SITE_NAME
holds, and without it the product's own name.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, has_request_context
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.languages import current_language
from app.rules.events import BrandSet
from app.rules.models import BrandVersion as BrandVersion
from app.rules.refusals import ChangesThePast

ENGLISH = "en"


class NoSuchLogo(NotFound):
    """No name of the hotline ever had this picture."""

    code = "no-such-logo"


@dataclass(frozen=True, kw_only=True)
class BrandWords:
    """A name in both languages, a checked PNG or none, and the basis of it all."""

    name_zh: str
    name_en: str
    basis: str
    logo: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Brand:
    """What stands at the top of every page; `logo` names the picture, "" for none."""

    name: str
    logo: str


def all_versions() -> Sequence[BrandVersion]:
    """Return every name of all times, the newest first."""
    return db.session.scalars(select(BrandVersion).order_by(BrandVersion.valid_from.desc())).all()


def holding() -> BrandVersion | None:
    """Return what holds now, or None where no name was ever set."""
    asked = select(BrandVersion).where(BrandVersion.valid_from <= clock.now())
    return db.session.scalar(asked.order_by(BrandVersion.valid_from.desc()).limit(1))


def set_brand(words: BrandWords, *, valid_from: datetime | None, set_by: int | None = None) -> None:
    """Let the hotline have another name from a moment on (None: now); its picture belongs to it.

    What was planned for the same moment is replaced. Raises ChangesThePast.
    """
    now = clock.now()
    moment = valid_from or now
    if moment < now:
        raise ChangesThePast(field="valid_from")
    asked = select(BrandVersion).where(BrandVersion.valid_from == moment)
    row = db.session.scalars(asked.with_for_update()).one_or_none()
    if row is None:
        row = BrandVersion(valid_from=moment)
        db.session.add(row)
    row.name_zh, row.name_en, row.basis = words.name_zh, words.name_en, words.basis
    row.logo = words.logo
    row.logo_sha256 = hashlib.sha256(words.logo).hexdigest() if words.logo else ""
    publish(
        BrandSet(
            name_zh=row.name_zh, name_en=row.name_en, has_logo=words.logo is not None,
            valid_from=moment, set_by=set_by,
        )
    )  # fmt: skip


def logo_of(sha256: str) -> bytes:
    """Return a picture by its name. Raises NoSuchLogo."""
    asked = select(BrandVersion.logo).where(BrandVersion.logo_sha256 == sha256).limit(1)
    logo = db.session.scalar(asked) if sha256 else None
    if logo is None:
        raise NoSuchLogo
    return logo


def shown() -> Brand:
    """Return name and picture for the page of this request, in its language.

    A page that says that the database is gone must not wait for it: it has the name of before.
    """
    if not has_request_context():
        return _in_words(_newest())
    if "brand_now" not in g:
        g.brand_now = None if g.get("has_no_database") else _newest()
    return _in_words(g.brand_now)


def shown_name() -> str:
    """Return the name alone, in the language of the context."""
    return shown().name


def _in_words(now: tuple[str, str, str] | None) -> Brand:
    if now is None:
        name = str(current_app.config.get("SITE_NAME") or gettext("site.name"))
        return Brand(name=name, logo="")
    name_zh, name_en, logo = now
    return Brand(name=name_en if current_language() == ENGLISH else name_zh, logo=logo)


def _newest() -> tuple[str, str, str] | None:
    asked = select(BrandVersion.name_zh, BrandVersion.name_en, BrandVersion.logo_sha256)
    asked = asked.where(BrandVersion.valid_from <= clock.now())
    try:
        found = db.session.execute(asked.order_by(BrandVersion.valid_from.desc()).limit(1)).first()
    except SQLAlchemyError:
        return None  # whatever broke is told by the page that asked
    return (found[0], found[1], found[2]) if found is not None else None
