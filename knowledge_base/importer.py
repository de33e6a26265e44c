"""Bring in the first articles from the files beside this module."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from app.core.database import db
from app.organisation import service as organisation
from knowledge_base import service
from knowledge_base.models import Article
from knowledge_base.review_states import ReviewState

DATA = Path(__file__).parent / "data"
CITY_ZONE = ZoneInfo("Asia/Shanghai")
HOLDS_FOR = timedelta(days=365)


def load_articles(*, now: datetime) -> int:
    """Add the sample articles that are missing, published at once; return how many.

    Each holds from the beginning of today for one year: an answer nobody confirmed again goes off
    the desks by itself. Needs units and categories. Articles that are there, also retired ones,
    stay as they are.
    """
    known = set(db.session.scalars(select(Article.title)))
    units = {unit.code: unit.id for unit in organisation.list_units()}
    missing = [
        _row(article, unit_id=units[article["unit"]], now=now)
        for article in read_sample_articles()
        if article["title"] not in known
    ]
    if missing:
        db.session.execute(insert(Article), missing)
        service.mark_changed()
    return len(missing)


def read_sample_articles() -> list[dict[str, Any]]:
    """Return the articles of `data/*.toml` as they are written there, file by file."""
    found: list[dict[str, Any]] = []
    for file in sorted(DATA.glob("*.toml")):
        with file.open("rb") as opened:
            found.extend(tomllib.load(opened)["article"])
    return found


def _row(article: dict[str, Any], *, unit_id: int, now: datetime) -> dict[str, Any]:
    today = datetime.combine(now.astimezone(CITY_ZONE).date(), time(), tzinfo=CITY_ZONE)
    return {
        "title": article["title"],
        "question": article["question"],
        "answer": article["answer"],
        "basis": article["basis"],
        "unit_id": unit_id,
        "category_code": article["category"],
        "legacy_numbers": article["lines"],
        "keywords": article["keywords"],
        "status": ReviewState.PUBLISHED,
        "is_sample": True,
        "valid_from": today,
        "valid_until": today + HOLDS_FOR,
        "updated_at": now,
    }
