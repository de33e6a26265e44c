"""Fill a demonstration: the registers, the people, the callers, two weeks of calls, texts."""

import random
from datetime import datetime
from typing import Final

from flask import current_app

from app.channel_entries import channel_register
from app.channels.registers import load_registers
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import NotAllowed
from app.demo.seed_callers import made_up_callers, seed_callers
from app.demo.seed_channels import seed_drafts, seed_texts
from app.demo.seed_history import has_history, seed_history
from app.demo.seed_people import seed_people
from app.demo.seed_rosters import seed_rosters
from knowledge_base import importer

# Every demonstration imagines the same callers.
DICE: Final = 12345


class DemoOnly(NotAllowed):
    """Made-up people and calls have no place on a live site."""

    code = "demo-only"


def seed_demo(now: datetime | None = None) -> dict[str, int]:
    """Fill the demonstration up to `now` (default: this moment); return how much was added.

    All or nothing, in one save. May be repeated: what is there stays as it is, and a second run
    adds nothing. Raises DemoOnly unless SITE_MODE is demo.
    """
    if not current_app.extensions["settings"].is_demo:
        raise DemoOnly
    moment = now or clock.now()
    with unit_of_work():
        added = load_registers()
        added["channels"] = channel_register.load_channels()
        added["articles"] = importer.load_articles(now=moment)
        added["people"] = seed_people()
        added["rosters"] = seed_rosters(now=moment)
        added["calls"] = _seed_two_weeks(moment)
        added["texts"] = seed_texts(now=moment)
        added["drafts"] = seed_drafts(now=moment)
    return added


def _seed_two_weeks(now: datetime) -> int:
    if has_history():
        # Callers may have been named and renamed at the desks since: leave them alone.
        return 0
    dice = random.Random(DICE)  # noqa: S311  # imagines callers, guards nothing
    known = seed_callers(made_up_callers(dice), now=now)
    return seed_history(dice, known=known, now=now)
