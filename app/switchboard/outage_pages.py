"""What happened while this system, a link or an exchange was away: the reports as pages."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.calls import service as calls
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.pagination import Page
from app.core.permissions import Permission, requires
from app.switchboard import outages
from app.switchboard.outage_reckoning import Fate

T = TypeVar("T")

bp = Blueprint("outages", __name__)

DAYS_LOOKED_BACK = 30
OUTAGES_PER_PAGE = 20
CALLS_PER_PAGE = 50
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)

TONES = {
    Fate.TALKED_ON: "green",
    Fate.ANSWERED_ALONE: "green",
    Fate.ADOPTED: "azure",
    Fate.GAVE_UP: "orange",
    Fate.CUT_OFF: "red",
    Fate.LOST: "red",
}


@bp.get("/outages")
@requires(Permission.OUTAGES_READ)
def list_outages() -> ResponseReturnValue:
    """Show who was away between two days, the newest first, and what became of callers."""
    now = clock.now()
    last = _day("until") or now.astimezone(CITY_TIME).date()
    first = _day("since") or last - timedelta(days=DAYS_LOOKED_BACK)
    found = outages.list_absences(
        since=_begin_of(first), until=_begin_of(last + timedelta(days=1)), now=now
    )
    page = _page(found[::-1], per_page=OUTAGES_PER_PAGE)
    return render_template(
        "switchboard/outages.html",
        page=page,
        reports=[outages.reckon_outage(each, now=now) for each in page.items],
        first=first,
        last=last,
        is_asked=bool(request.args.get("since") or request.args.get("until")),
        days=DAYS_LOOKED_BACK,
        now=now,
    )


@bp.get("/outages/<key>")
@requires(Permission.OUTAGES_READ)
def show_outage(key: str) -> ResponseReturnValue:
    """Show one outage: who was away, what became of every caller, what was mended."""
    now = clock.now()
    outage = outages.get_outage(key, now=now)
    asked = request.args.get("fate", "")
    page = _page(
        [each for each in outage.callers if asked not in set(Fate) or each.fate == asked],
        per_page=CALLS_PER_PAGE,
    )
    of_page = calls.calls_by_id({each.call_id for each in page.items})
    return render_template(
        "switchboard/outage.html",
        outage=outage,
        page=page,
        calls=of_page,
        agents=accounts.people({call.agent_id for call in of_page.values() if call.agent_id}),
        fates=[(fate, outage.count(fate)) for fate in Fate],
        asked=asked if asked in set(Fate) else "",
        tones=TONES,
        now=now,
    )


def _page(found: Sequence[T], *, per_page: int) -> Page[T]:
    last = max(1, -(-len(found) // per_page))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    items = found[(number - 1) * per_page : number * per_page]
    return Page(items=items, number=number, per_page=per_page, total=len(found))


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CITY_TIME).astimezone(UTC)
