"""What came by other ways than the telephone: texts that wait, and a clerk's case half written."""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, insert, select

from app.accounts import people_register
from app.accounts import service as accounts
from app.channel_entries import channel_register
from app.core.database import db
from app.core.permissions import Role
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due

TEXTS = Path(__file__).parent / "data" / "texts.csv"
TAKER: Final = "1007"
CLERKS_CHANNEL: Final = "tourism-site"
MAILBOXES: Final = ("hotline-mailbox",)
HALF_WRITTEN: Final = {
    "source_no": "WL-2026-0381",
    "request_type": "complaint",
    "title": "景区停车场收费与公示不符",
    "content": "游客在网站留言：景区停车场公示每次 10 元，离场时被收 20 元，收费员称节假日加价。",
    "category_code": "",
    "place": "",
    "caller_name": "游客",
    "urgency": "normal",
    "handled_by": "hotline",
}
"""What a clerk typed before something came between; category and place are missing."""


def seed_texts(*, now: datetime) -> int:
    """Keep the texts of `data/texts.csv`; return how many. Does nothing where there are some.

    A text is heard at the present moment only, so these rows are put as they would stand there.
    """
    messages = _table("inbound_messages")
    if db.session.execute(select(messages.c.id).limit(1)).first() is not None:
        return 0
    taker = accounts.find_by_work_number(TAKER)
    rows = [
        _row(each, place, now=now, taker=taker.id if taker else None)
        for place, each in enumerate(_texts(), start=1)
    ]
    db.session.execute(insert(messages), rows)
    return len(rows)


def seed_drafts(*, now: datetime) -> int:
    """Leave the channel clerk a case half written; return how many. Once only."""
    cases = _table("channel_cases")
    clerk = next(
        each for each in people_register.list_demo_people() if each.role is Role.CHANNEL_CLERK
    )
    mine = select(cases.c.id).where(cases.c.begun_by == clerk.id).limit(1)
    if db.session.execute(mine).first() is not None:
        return 0
    row = {
        "channel_id": channel_register.find_channel(CLERKS_CHANNEL).id,
        "way_in": "form",
        "draft": HALF_WRITTEN,
        "begun_by": clerk.id,
        "begun_at": now - timedelta(hours=1),
    }
    db.session.execute(insert(cases), [row])
    return 1


def _row(text: dict[str, str], place: int, *, now: datetime, taker: int | None) -> dict[str, Any]:
    received = now - timedelta(minutes=int(text["minutes_ago"]))
    kind = "mailbox" if text["channel"] in MAILBOXES else "text"
    limit = rule_register.read_book().limit(f"limit.{kind}_response", now)
    is_taken = text["state"] != "waiting"
    return {
        "channel_id": channel_register.find_channel(text["channel"]).id,
        "message_key": f"demo-{place}",
        "sender": text["sender"],
        "sender_name": "",
        "text": text["text"],
        "received_at": received,
        "limit": str(limit),
        "due_at": reckon_due(received, limit, working_calendar.working_time()).due,
        "state": text["state"],
        "taken_by": taker if is_taken else None,
        "taken_at": received + timedelta(minutes=2) if is_taken else None,
        "closed_at": received + timedelta(minutes=3) if text["state"] == "closed" else None,
        "close_reason": text["close_reason"],
    }


def _texts() -> list[dict[str, str]]:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(name: str) -> Table:
    return db.metadata.tables[name]
