"""The names of formulas, groups and reasons, in the language of whoever reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.channel_entries import channel_register
from app.core.languages import current_language
from app.measures.formulas import Formula
from app.measures.grouping import ALL, Group
from app.measures.reading import shipped_formulas
from app.organisation import service as organisation
from app.rules import code_register
from app.rules import service as rules
from app.rules.code_lists import CodeList
from app.tickets.ticket_states import EntryMode
from app.tickets.type_names import types_until_now

MINUTE, HOUR, DAY = 60, 3600, 86_400


def formula_name(formula: Formula) -> str:
    """Return the name of a formula; of how long something takes, what that is."""
    if formula.code.startswith("time_"):
        return str(gettext(f"figures.{formula.code}"))
    return formula.name_en if current_language() == "en" else formula.name_zh


def formula_names() -> dict[str, str]:
    """Return the names of all formulas, of all times, by code."""
    return {each.code: formula_name(each) for each in shipped_formulas()}


def group_names(group: Group) -> Mapping[str, str]:
    """Return the names of the groups of one sort; the empty key is what belongs to none."""
    names: dict[str, str] = {ALL: gettext("figures.of_none")}
    match group:
        case Group.NONE:
            names[ALL] = gettext("figures.of_all")
        case Group.UNIT:
            names.update({str(unit.id): unit.name for unit in organisation.list_units()})
        case Group.COUNTY:
            names.update({each.code: each.name for each in organisation.list_counties()})
        case Group.TYPE:
            names.update(types_until_now())
        case Group.CATEGORY:
            names.update({each.code: each.name for each in rules.list_categories()})
        case Group.CHANNEL:
            names.update({each: gettext(f"figures.entry_{each}") for each in EntryMode})
            names.update({str(id_): name for id_, name in channel_register.channel_names().items()})
    return names


def reasons_told(excluded: Mapping[str, int]) -> str:
    """Return why something is left out, with how many; nothing for nothing."""
    said = [f"{reason_name(reason)} {count}" for reason, count in sorted(excluded.items())]
    return ("; " if current_language() == "en" else "\uff1b").join(said)


def reason_name(reason: str) -> str:
    """Return the name of a reason; one that nobody named stays a code."""
    key = f"figures.reason_{reason}"
    told = str(gettext(key))
    return _procedure(reason) if told == key else told


def _procedure(code: str) -> str:
    try:
        words = code_register.get_code(CodeList.PROCEDURE, code).words
    except code_register.UnknownCode:
        return code
    return words.name_en if current_language() == "en" else words.name_zh


def share(numerator: int, denominator: int) -> str:
    """Return a share as it is read; of nothing there is none."""
    return f"{numerator / denominator:.2%}" if denominator else "\u2013"


def took(seconds: float) -> str:
    """Return a length as it is read: seconds below a minute, days and hours above a day."""
    whole = round(seconds)
    if whole < MINUTE:
        return str(gettext("figures.took_seconds", seconds=whole))
    if whole < HOUR:
        return str(gettext("figures.took_minutes", minutes=whole // MINUTE, seconds=whole % MINUTE))
    if whole < DAY:
        minutes = whole % HOUR // MINUTE
        return str(gettext("figures.took_hours", hours=whole // HOUR, minutes=minutes))
    return str(gettext("figures.took_days", days=whole // DAY, hours=whole % DAY // HOUR))


def cell_rows(cells: Sequence[Mapping[str, Any]], group: Group) -> list[list[str]]:
    """Return the numbers of a report as rows of a file."""
    formulas, groups = formula_names(), group_names(group)
    return [
        [
            formulas.get(cell["formula"], cell["formula"]),
            groups.get(cell["key"], cell["key"]),
            gettext(f"figures.tier_{cell['tier']}") if cell["tier"] else "",
            str(cell["numerator"]),
            str(cell["denominator"]),
            str(sum(cell["excluded"].values())),
            reasons_told(cell["excluded"]),
            share(cell["numerator"], cell["denominator"]),
            cell["version"],
        ]
        for cell in cells
    ]
