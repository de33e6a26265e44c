"""The start of administration: the way to every list that a person may keep."""

from collections import Counter

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts import people_register
from app.administration import (
    brand_pages,
    calendar_pages,
    category_pages,
    code_pages,
    exclusion_pages,
    people_pages,
    person_pages,
    place_pages,
    place_sheet_pages,
    proposal_pages,
    region_day_pages,
    retention_pages,
    rule_pages,
    sheet_pages,
    skill_pages,
    type_pages,
    urgency_pages,
)
from app.channel_entries import channel_register
from app.channels import service as channels
from app.core.permissions import Permission, requires
from app.rules import code_register, working_calendar
from app.rules import service as rules
from app.rules.code_lists import CodeList

bp = Blueprint("administration", __name__, url_prefix="/administration")
bp.register_blueprint(people_pages.bp)
bp.register_blueprint(person_pages.bp)
bp.register_blueprint(sheet_pages.bp)
bp.register_blueprint(skill_pages.bp)
bp.register_blueprint(code_pages.bp)
bp.register_blueprint(brand_pages.bp)
bp.register_blueprint(calendar_pages.bp)
bp.register_blueprint(region_day_pages.bp)
bp.register_blueprint(rule_pages.bp)
bp.register_blueprint(retention_pages.bp)
bp.register_blueprint(exclusion_pages.bp)
bp.register_blueprint(urgency_pages.bp)
bp.register_blueprint(category_pages.bp)
bp.register_blueprint(type_pages.bp)
bp.register_blueprint(place_pages.bp)
bp.register_blueprint(place_sheet_pages.bp)
bp.register_blueprint(proposal_pages.bp)


@bp.get("")
@requires(Permission.ADMINISTRATION_OPEN)
def show_start() -> ResponseReturnValue:
    """Show what there is to keep, and how much of it."""
    return render_template(
        "administration/start.html",
        numbers=Counter(line.state.value for line in channels.list_numbers()),
        channels=_channels(),
        people=people_register.count_people(),
        newest_year=max((row.year for row in working_calendar.list_years()), default=None),
        exclusions=len(rules.list_exclusions()),
        urgency=len(rules.list_urgency_words()),
        categories=len(rules.list_categories()),
        types=type_pages.types_now(),
        places=place_pages.figures(),
        codes={each: len(code_register.codes_now(each)) for each in CodeList},
    )


def _channels() -> dict[str, int]:
    """Count the channels of the register: those in use, and of these the undecided ones."""
    active = [each for each in channel_register.list_channels() if each.state == "active"]
    return {
        "active": len(active),
        "undecided": sum(each.mode == "undecided" for each in active),
    }
