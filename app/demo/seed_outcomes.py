"""What the planned calls left behind: which article answered, which ticket was opened. Pure."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.demo.seed_days import DAYS, PlannedCall

MATTERS = Path(__file__).parent / "data" / "matters.toml"
ROADS: Final = ("建设大道", "兴源路", "文明路", "沿江路", "永和路", "市场路", "新风路", "中学路")
VILLAGES: Final = ("上围村", "新塘村", "大塘村", "石下村", "河背村", "老屋村", "坪围村", "高车村")
SHOPS: Final = ("健身房", "理发店", "美容院", "游泳馆", "儿童乐园", "洗车店")
# Tickets of the three weeks before the calls, so that something is due today and something late.
OLDER: Final = 170
OLDER_DAYS: Final = 21
# The town whose clerk is one of the demonstration's people has enough to show on every tab.
CLERKS_TOWN: Final = "441623110"
CLERKS_SHARE: Final = 0.5
# The county where a matter lies, roughly by how many people live there.
COUNTY_SHARE: Final = {
    "441602": 38, "441621": 13, "441622": 14, "441623": 10, "441624": 9, "441625": 10,
    "FA-JD": 3, "FA-GX": 3,
}  # fmt: skip
RESULTS: Final = {
    "answered": 82, "told_where": 9, "transferred": 4, "no_demand": 4, "malicious": 1,
}  # fmt: skip
TYPES: Final = {"complaint": 90, "report": 4, "help": 4, "suggestion": 2}
NO_DEMAND: Final = (
    ("silent_call", "接通后无人说话"),
    ("wrong_number", "来电人表示打错电话"),
    ("line_dropped", "通话中断，回拨未接"),
)


@dataclass(frozen=True, kw_only=True)
class KnownArticle:
    """What must be known of an article to have answered a call with it."""

    article_id: int
    title: str
    category_code: str | None
    unit_name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedEnquiry:
    """A call answered at once. `wrap_up_code` is how the agent closed it."""

    result: str
    category_code: str | None
    article_id: int | None
    told_where: str
    note: str
    wrap_up_code: str


@dataclass(frozen=True, kw_only=True)
class PlannedTicket:
    """A ticket as the agent wrote it."""

    request_type: str
    urgency: str
    title: str
    content: str
    category_code: str
    county_code: str
    town_code: str
    address: str
    is_confidential: bool
    opened_at: datetime


def plan_enquiry(
    dice: random.Random, call: PlannedCall, *, articles: Sequence[KnownArticle]
) -> PlannedEnquiry:
    """Return the record of a call that needed no ticket."""
    result = dice.choices(list(RESULTS), weights=list(RESULTS.values()))[0]
    if result == "no_demand":
        code, note = dice.choice(NO_DEMAND)
        return _without_article(result, note=note, code=code)
    if result == "malicious":
        return _without_article(result, note="反复拨打并辱骂，已告知规定", code="harassment")
    of_line = [article for article in articles if call.line in article.lines]
    article = dice.choice(of_line or list(articles))
    return PlannedEnquiry(
        result=result,
        category_code=article.category_code,
        article_id=article.article_id,
        told_where=article.unit_name if result != "answered" else "",
        note=f"咨询：{article.title}",
        wrap_up_code=result,
    )


def plan_ticket(
    dice: random.Random, line: str, *, towns: Mapping[str, Sequence[Any]], at: datetime
) -> PlannedTicket:
    """Return a ticket opened on this line. `towns`: county code → places with `code` and `name`.

    Nine of ten are complaints, as a county of the city publishes for 2025 (domain rules 1.4).
    """
    matter = _pick_matter(dice, line)
    county = dice.choices(list(COUNTY_SHARE), weights=list(COUNTY_SHARE.values()))[0]
    town = dice.choice(towns[county])
    own_town = next((each for each in towns[county] if each.code == CLERKS_TOWN), None)
    if own_town is not None and dice.random() < CLERKS_SHARE:
        town = own_town
    spot = f"{dice.choice(ROADS)}{dice.randrange(2, 180)}号"
    if not town.name.endswith("街道"):
        spot = dice.choice((spot, f"{dice.choice(VILLAGES)}"))
    words = {"place": town.name, "days": dice.randrange(3, 40), "shop": dice.choice(SHOPS)}
    return PlannedTicket(
        request_type=matter["type"],
        urgency=matter.get("urgency", "normal"),
        title=matter["title"].format(**words),
        content=matter["content"].format(**words),
        category_code=matter["category"],
        county_code=county,
        town_code=town.code,
        address=f"{town.name}{spot}",
        is_confidential=matter.get("confidential", False) or matter["type"] == "report",
        opened_at=at,
    )


def _without_article(result: str, *, note: str, code: str) -> PlannedEnquiry:
    return PlannedEnquiry(
        result=result,
        category_code="9903",
        article_id=None,
        told_where="",
        note=note,
        wrap_up_code=code,
    )


def _pick_matter(dice: random.Random, line: str) -> dict[str, Any]:
    matters = _matters()
    of_line = [matter for matter in matters if line in matter["lines"]] or list(matters)
    wanted = dice.choices(list(TYPES), weights=list(TYPES.values()))[0]
    of_type = [matter for matter in of_line if matter["type"] == wanted]
    return dice.choice(of_type or of_line)


def plan_older(
    dice: random.Random, *, towns: Mapping[str, Sequence[Any]], now: datetime
) -> list[PlannedTicket]:
    """Return tickets from before the two weeks of calls: a limit of fifteen days is longer."""
    before = now - timedelta(days=DAYS + 1)
    moments = sorted(before - timedelta(days=dice.uniform(0, OLDER_DAYS)) for _ in range(OLDER))
    return [plan_ticket(dice, "12345", towns=towns, at=at) for at in moments]


@cache
def _matters() -> tuple[dict[str, Any], ...]:
    with MATTERS.open("rb") as file:
        return tuple(tomllib.load(file)["matter"])
