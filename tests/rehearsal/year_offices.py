"""What is done beside the desks in a year: channels, texts, rosters, lists, reports."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.channel_entries import channel_register
from app.core import clock
from app.core.database import db, unit_of_work
from app.measures import reports
from app.text_intake import service as texts
from app.tickets.models import Ticket
from tests.channel_entries.clerks import form
from tests.rehearsal.year_desks import Browser

if TYPE_CHECKING:
    from tests.rehearsal.year_play import Year

CASES = "/channel-cases"
NUMBER = "13912342817"
ANNA = {"name": "陈联系", "number": "13700001234", "role": "liaison", "valid_until": ""}


def play(year: "Year") -> None:
    """Let everybody do it once."""
    _channel(year)
    _texts(year)
    _roster(year)
    _liaisons(year)
    _lists(year)


def report(year: "Year") -> None:
    """Reckon the first month, let a unit object, decide, and publish."""
    manager, unit = year.house.manager, next(iter(year.house.units.values()))
    made = manager.post("/figures/reports?kind=month&day=2026-11-01&by=unit")
    found = re.search(r"/figures/reports/(\d+)", made.headers.get("Location", ""))
    if found is None:
        year.house.faults.append(f"{made.status_code} no report is made")
        return
    report_id, address = int(found[1]), found[0]
    until = (clock.now() + timedelta(days=3)).astimezone(clock.CITY_TIME)
    given = {"until": f"{until:%Y-%m-%dT%H:%M}"}
    _must(year, manager, f"{address}/open", **given)
    _must(year, manager, f"{address}/take-back")
    for act in ("accept", "refuse"):
        _must(year, manager, f"{address}/open", **given)
        _must(year, unit, f"{address}/objections", formula="solution", text="该件属行政调解")
        objection = reports.objections_to(report_id)[-1].id
        _must(year, manager, f"/figures/reports/objections/{objection}/{act}", text="已核实")
        if act == "accept":  # what is accepted is reckoned again
            _must(year, manager, f"{address}/reckon")
    year.traveller.shift(timedelta(days=4))
    _must(year, manager, f"{address}/publish")
    _must(year, year.house.overseer, "/figures/telling/export?kind=month&day=2026-11-01&as=csv")


def _must(year: "Year", by: Browser, path: str, **typed: Any) -> str:
    """Do it; that it is refused is a fault of the year. Return where it leads."""
    answer = by.post(path, typed)
    if answer.status_code not in {200, 302}:
        year.house.faults.append(f"{answer.status_code} {by.who.role} {path}")
    return str(answer.headers.get("Location", ""))


def _newest(year: "Year") -> int:
    """Let the year know of a ticket that did not come by a call; return its id."""
    db.session.rollback()
    ticket_id = db.session.scalars(select(Ticket.id).order_by(Ticket.id.desc()).limit(1)).one()
    year.opened[ticket_id] = NUMBER
    return ticket_id


def _channel(year: "Year") -> None:
    """A unit enters what its own channel was told, answers one itself, and hands one on."""
    clerk, manager = year.house.clerk, year.house.manager
    channel = channel_register.find_channel("tourism-site").id
    new = f"{CASES}/new/{channel}"
    clerk.get(new)
    draft = _must(year, clerk, new, **form(act="draft", source_no="WL-0"))
    _must(year, clerk, f"{draft}/discard")
    draft = _must(year, clerk, new, **form(act="draft", source_no="WL-1"))
    _must(year, clerk, draft, **form(version="1"))
    _newest(year)
    own = _must(year, clerk, new, **form(source_no="WL-2", handled_by="channel"))
    _newest(year)
    seen = re.search(r'name="version"[^>]*value="([^"]*)"', clerk.get(f"{own}/correct"))
    version = seen[1] if seen else ""
    corrected = form(source_no="WL-2", handled_by="channel", version=version, title="门票网购")
    _must(year, clerk, f"{own}/correct", **corrected)
    _must(year, clerk, f"{own}/notes", text="已联系景区核实。")
    _must(year, clerk, f"{own}/result", result="电话告知诉求人。", public_reply="可以网购。")
    given = _must(year, clerk, new, **form(source_no="WL-3", handled_by="channel"))
    _newest(year)
    _must(year, clerk, f"{given}/hand-over")
    given = _must(year, clerk, new, **form(source_no="WL-4", handled_by="channel"))
    ticket_id = _newest(year)
    _gate(year, "review_all")
    _must(year, clerk, f"{given}/hand-over")
    _gate(year, "no_review")
    shown, desk = f"/dispatch/{ticket_id}", year.house.dispatcher
    if desk.send(f"{shown}/approve-intake", shown, "approve_intake", note="齐全") != 302:
        year.house.faults.append("what its channel handed on is not looked at")
    _must(year, manager, f"/channels/{channel}/state", state="suspended", valid_from="", basis="")


def _gate(year: "Year", value: str) -> None:
    """Let new tickets be looked at, or not; a rule holds from a moment on."""
    year.traveller.shift(1)
    given = {"value": value, "basis": "试行", "valid_from": ""}
    _must(year, year.house.manager, "/administration/rules/review.before_dispatch", **given)
    year.traveller.shift(1)


def _texts(year: "Year") -> None:
    """Demands come as text: one is answered, one is a ticket, one is nothing."""
    agent, colleague = year.house.agents
    found = []
    for nth in range(4):
        message = texts.NewMessage(
            channel="hotline-sms", key=f"m-{nth}", sender=NUMBER, text=f"路灯不亮第{nth}处"
        )
        with unit_of_work():
            found.append(f"/texts/{texts.hear(message)[0].id}")
    answered, ticket, nothing, kept = found
    for each in found:
        _must(year, agent, f"{each}/take")
    _must(year, agent, f"{answered}/answer", answer="已转供电部门。")
    wanted = {
        "request_type": "help", "title": "路灯不亮", "content": "路灯不亮，请派人修。",
        "demand": "修好", "occurred": "昨晚", "category_code": "0205", "place": "441602",
        "contact_number": NUMBER, "caller_name": "", "urgency": "normal",
    }  # fmt: skip
    _must(year, agent, f"{ticket}/ticket", **wanted)
    _newest(year)
    _must(year, agent, f"{nothing}/close", reason="spam")
    year.traveller.shift(timedelta(minutes=4))
    _must(year, colleague, f"{kept}/take")  # over its time, it is held from nobody
    _must(year, colleague, f"{kept}/give-back")
    _must(year, colleague, f"{kept}/take")
    _must(year, colleague, f"{kept}/answer", answer="正在核实。")


def _roster(year: "Year") -> None:
    """A unit says who is on duty, and changes its mind."""
    unit = next(iter(year.house.units.values()))
    roster = f"/duty-roster/{unit.who.unit_id}"
    _must(year, unit, f"{roster}/people", name="张三", number="13800001111")
    person = re.search(rf"{roster}/people/(\d+)", unit.get("/duty-roster"))
    person_id = person[1] if person else "0"
    _must(year, unit, f"{roster}/people/{person_id}", name="张叁", number="")
    begins = clock.now().astimezone(clock.CITY_TIME) + timedelta(days=1)
    spell = {
        "person_id": person_id, "part": "first", "begins_at": f"{begins:%Y-%m-%dT08:30}",
        "ends_at": f"{begins + timedelta(days=1):%Y-%m-%dT08:30}",
    }  # fmt: skip
    monday = begins - timedelta(days=begins.weekday())
    week = f"week={monday:%Y-%m-%d}"
    _must(year, unit, f"{roster}/duty?{week}", **spell)
    duty = re.search(rf"{roster}/duty/\d+/take-out", unit.get(f"/duty-roster?{week}"))
    _must(year, unit, f"{roster}/copy-week?week={monday + timedelta(days=7):%Y-%m-%d}")
    _must(year, unit, duty[0] if duty else f"{roster}/duty/0/take-out")


def _liaisons(year: "Year") -> None:
    """A county says who speaks for it; the hotline takes note."""
    county, desk = year.house.county, year.house.dispatcher
    today = f"{clock.now().astimezone(clock.CITY_TIME):%Y-%m-%d}"
    unit = county.who.unit_id
    _must(year, county, "/liaisons", unit=unit, valid_from=today, **ANNA)
    one = re.search(r"/liaisons/(\d+)", county.get("/liaisons"))
    path = one[0] if one else "/liaisons/0"
    changed = {**ANNA, "number": "", "name": "陈新名", "valid_from": today}
    if county.send(path, path, **changed) != 302:
        year.house.faults.append(f"{path} is not changed")
    change = re.search(r"/liaison-changes/\d+/file", desk.get("/liaisons/all"))
    _must(year, desk, change[0] if change else "/liaison-changes/0/file")


def _lists(year: "Year") -> None:
    """Views of the list are kept and dropped, a file is asked for, numbers of others are noted."""
    desk, agent = year.house.dispatcher, year.house.agents[0]
    kept_at = _must(year, desk, "/tickets/views?text=路灯", name="路灯的事")
    view = re.search(r"view=(\d+)", kept_at)
    _must(year, desk, f"/tickets/views/{view[1] if view else 0}/first")
    _must(year, desk, f"/tickets/views/{view[1] if view else 0}/remove")
    _must(year, desk, "/tickets/exports?text=路灯", kind="csv")
    export = re.search(r"/tickets/exports/\d+/file", desk.get("/tickets/exports"))
    _must(year, desk, export[0] if export else "/tickets/exports/0/file")
    ticket_id = min(year.opened)
    numbers = f"/tickets/{ticket_id}/outside-numbers"
    _must(year, agent, numbers, kind="city", number="HYS 889900")
    kept = re.search(rf"{numbers}/\d+/remove", agent.get(f"/tickets/{ticket_id}"))
    _must(year, agent, kept[0] if kept else f"{numbers}/0/remove")
