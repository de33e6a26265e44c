"""A year of tickets, lived through the pages by everybody who has a part in it.

Each sitting is a moment of the year: citizens call, then every desk works off what its list shows,
by chance but the same each time. What was done is written down beside it (`Deeds`), for a count
that knows nothing of the database.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import time_machine
from sqlalchemy import select

from app.calls.call_states import Direction
from app.core import clock
from app.core.database import db, unit_of_work
from app.handling import sweeping
from app.organisation import service as organisation
from app.tickets.models import Ticket
from tests.handling import spoken
from tests.rehearsal import year_offices, year_seldom
from tests.rehearsal.year_desks import Browser, House

NOTICE_2027 = (
    "2027-01-01~2027-01-03 元旦 休\n2027-02-06~2027-02-12 春节 休\n2027-10-01~2027-10-07 国庆节 休"
)
CALLER = "诸葛明镜"
MATTERS = ("路灯不亮", "夜间施工噪声", "垃圾无人清运", "井盖破损", "占道经营", "公交绕路")
TYPES = ("complaint", "complaint", "help", "consult", "suggestion")


@dataclass(kw_only=True)
class Deeds:
    """What people did with each ticket, as they would tell it themselves."""

    dispatches: Counter[int] = field(default_factory=Counter)
    returns: Counter[int] = field(default_factory=Counter)
    refused_returns: Counter[int] = field(default_factory=Counter)
    extensions: Counter[int] = field(default_factory=Counter)
    suspensions: Counter[int] = field(default_factory=Counter)
    urges: Counter[int] = field(default_factory=Counter)
    called: dict[int, bool] = field(default_factory=dict)
    handed_in: set[int] = field(default_factory=set)
    tries: Counter[int] = field(default_factory=Counter)
    answers: dict[int, tuple[bool, int, int]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    wishes: dict[int, str] = field(default_factory=lambda: defaultdict(str))


@dataclass(kw_only=True)
class Year:
    """One year: who, by what chance, when; `play` lives it and lets it come to an end."""

    house: House
    orders: int
    sittings: int
    seed: int
    begins: datetime
    traveller: time_machine.Traveller
    deeds: Deeds = field(default_factory=Deeds)
    numbers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.opened: dict[int, str] = {}
        self.notice_at = self.begins + timedelta(days=66)  # a week into a year nobody knows
        self.notice_is_loaded = False

    def play(self) -> None:
        """Live through the year, and after it until nothing is left on any list."""
        sittings = self.sittings
        step = timedelta(days=360) / sittings
        left = self.orders
        for nth in range(sittings):
            self._move_to(self.begins + nth * step)
            due = self.orders * (nth + 1) // sittings
            while left > self.orders - due:
                self.call(self.dice.choice(self.house.agents))
                left -= 1
            self._sit()
            if nth == 0:
                year_seldom.play(self)
                year_offices.play(self)
        for nth in range(60):
            self._move_to(self.begins + timedelta(days=360) + (nth + 1) * timedelta(hours=53))
            self._sit()
            if not self.open_ids():
                break
        year_offices.report(self)

    def open_ids(self) -> list[int]:
        """Return the tickets that are not over."""
        db.session.rollback()
        over = ("closed", "archived", "merged", "withdrawn", "void")
        return list(db.session.scalars(select(Ticket.id).where(Ticket.state.not_in(over))))

    def _move_to(self, at: datetime) -> None:
        """Let time go on; what is due meanwhile is done as the switchboard does it."""
        while (now := clock.now()) < at:
            self.traveller.move_to(min(at, now + timedelta(hours=29)))
            for do in sweeping.find_due(clock.now()):
                with unit_of_work():
                    do()
        if not self.notice_is_loaded and at >= self.notice_at:
            path = "/administration/calendar/2027"
            told = self.house.manager.send(path, path, where="国办发明电", days=NOTICE_2027)
            assert told == 302, told
            self.notice_is_loaded = True

    def _sit(self) -> None:
        self._callers_again()
        self._dispatch()
        self._at_units()
        self._decide_returns()
        self._decide_times()
        self._designate()
        self._at_the_county()
        self._audit()
        self._visit()

    # --- agents ------------------------------------------------------------------------------

    def call(self, agent: Browser, **changes: Any) -> int:
        """Let a citizen call and the agent write a ticket of it; return its id."""
        number = f"1390000{self.dice.randint(1000, 9999)}"
        self.numbers.append(number)
        call_id = spoken.call(agent.who, number, direction=Direction.IN)
        matter = self.dice.choice(MATTERS)
        answer = agent.post(
            f"/desk/calls/{call_id}/ticket",
            headers={"Accept": "application/json"},
            json={
                "request_type": self.dice.choice(TYPES),
                "title": f"{matter}第{len(self.opened) + 1}处",
                "content": f"{matter}，已有{self.dice.randint(2, 30)}天，影响出行",
                "category_code": self.dice.choice(["0201", "0205"]),
                "county_code": "441602",
                "town_code": "441602001",
                "address": f"沿江路{self.dice.randint(1, 300)}号",
                "occurred": "近日",
                "respondent": "附近商铺",
                "demand": "尽快处理",
                "caller_name": CALLER,
                "contact_number": "",
                "urgency": "normal",
                "is_confidential": self.dice.random() < 0.1,
                **changes,
            },
        )
        assert answer.status_code == 201, answer.text
        ticket_id = int(answer.json["outcome"]["id"])
        self.opened[ticket_id] = number
        return ticket_id

    def _callers_again(self) -> None:
        for agent in self.house.agents:
            for ticket_id in agent.listed("/follow-ups", "/follow-ups"):
                shown = f"/follow-ups/{ticket_id}"
                if 'name="give_info-text"' in agent.get(shown):
                    agent.send(f"{shown}/give-info", shown, "give_info", text="在路口第二盏")
                chance = self.dice.random()
                if chance > 0.08 or ticket_id not in self.opened:
                    continue
                call_id = spoken.call(agent.who, self.opened[ticket_id], direction=Direction.IN)
                if chance < 0.02:
                    told = agent.send(f"{shown}/withdraw", shown, call=call_id)
                    if self._done(told, "withdraw"):
                        self.deeds.withdrawn.add(ticket_id)
                else:
                    given = {"kind": "urge", "text": "还没有人来", "call": call_id}
                    if self._done(agent.send(f"{shown}/add", shown, **given), "urge"):
                        self.deeds.urges[ticket_id] += 1

    # --- the hotline -------------------------------------------------------------------------

    def _dispatch(self) -> None:
        desk, dice = self.house.dispatcher, self.dice
        last = 0
        for ticket_id in desk.listed("/dispatch", "/dispatch"):
            shown, chance = f"/dispatch/{ticket_id}", dice.random()
            if chance < 0.06:
                self._done(
                    desk.send(f"{shown}/ask-info", shown, "ask_info", question="哪个路口"), "ask"
                )
                continue
            if chance < 0.14 and last:
                told = desk.send(f"{shown}/merge", shown, "merge", master=self.number_of(last))
                if self._done(told, "merge"):
                    self.deeds.merged.add(ticket_id)
                    continue
            unit = dice.choice([*self.house.units, self.house.county.who.unit_id or 0])
            name = organisation.get_unit(unit).name
            if self._done(desk.send(shown, shown, "dispatch", lead=name), "dispatch"):
                self.deeds.dispatches[ticket_id] += 1
                last = ticket_id

    def _decide_returns(self) -> None:
        desk = self.house.dispatcher
        for ticket_id in desk.listed("/dispatch?pool=returns", "/dispatch"):
            shown = f"/dispatch/{ticket_id}"
            if self.dice.random() < 0.5:
                self._done(desk.send(f"{shown}/agree-return", shown, "agree", note="同意"), "agree")
                continue
            given = {"reason": "属贵局职责"}
            if self._done(desk.send(f"{shown}/refuse-return", shown, "refuse", **given), "refuse"):
                self.deeds.refused_returns[ticket_id] += 1

    def _decide_times(self) -> None:
        desk = self.house.dispatcher
        given = {"extension": self.deeds.extensions, "suspension": self.deeds.suspensions}
        for ticket_id in desk.listed("/dispatch?pool=times", "/dispatch"):
            shown = f"/dispatch/{ticket_id}"
            seen = re.search(r'name="time-seen"[^>]*value="(\d+)"', desk.get(shown))
            typed = {"time-words": "同意", "agrees": "yes", "time-seen": seen[1] if seen else ""}
            told = desk.post(f"{shown}/decide-time", typed).status_code
            kind = self.deeds.wishes.pop(ticket_id, "")
            if self._done(told, "time"):
                given[kind][ticket_id] += 1

    def _designate(self) -> None:
        manager = self.house.manager
        for ticket_id in manager.listed("/dispatch?pool=disputes", "/dispatch"):
            path = f"/dispatch/{ticket_id}"
            name = organisation.get_unit(self.dice.choice(list(self.house.units))).name
            typed = {"lead": name, "basis": "职责清单"}
            if self._done(manager.send(f"{path}/designate", path, "designate", **typed), "name"):
                self.deeds.dispatches[ticket_id] += 1

    def _audit(self) -> None:
        desk = self.house.auditor
        for ticket_id in desk.listed("/audit-results", "/audit-results"):
            shown = f"/audit-results/{ticket_id}"
            if self.dice.random() < 0.1:
                given = {"defect": "empty_words", "note": "请写明日期"}
                self._done(
                    desk.send(f"{shown}/send-back", shown, "send_back", **given), "send back"
                )
            else:
                self._done(desk.send(f"{shown}/approve", shown, "approve"), "approve")

    def _visit(self) -> None:
        """Call citizens back; what is confidential stands on the manager's list alone."""
        self._call_back(self.house.visitor)
        self._call_back(self.house.manager)
        self._decide_redos()

    def _call_back(self, desk: Browser) -> None:
        dice = self.dice
        for ticket_id in desk.listed("/visits", "/visits"):
            shown, number = f"/visits/{ticket_id}", self.opened[ticket_id]
            if dice.random() < 0.25:
                call_id = spoken.call(desk.who, number, talked=False)
                told = desk.send(f"{shown}/missed", shown, why="no_answer", call=call_id)
                if self._done(told, "missed"):
                    self.deeds.tries[ticket_id] += 1
                desk.send(f"{shown}/give-up", shown)
                continue
            call_id = spoken.call(desk.who, number)
            solved, mark, attitude = dice.random() < 0.85, dice.randint(1, 5), dice.randint(2, 5)
            given = {"is_solved": "yes" if solved else "no", "result_mark": mark,
                     "attitude_mark": attitude, "words": "", "call": call_id}  # fmt: skip
            if not solved and dice.random() < 0.5:
                given["asks_redo"] = "y"
            told = desk.send(shown, shown, **given)
            if self._done(told, "visit"):
                self.deeds.tries[ticket_id] += 1
                self.deeds.answers[ticket_id] = (solved, mark, attitude)

    def _decide_redos(self) -> None:
        """Decide for whom more is done; of the confidential, the manager does."""
        for desk in (self.house.dispatcher, self.house.manager):
            self._decide_redos_at(desk)

    def _decide_redos_at(self, desk: Browser) -> None:
        dice = self.dice
        html = desk.get("/visits/redos")
        found = re.findall(r'"/visits/redos/(\d+)/again"', html)
        for ticket_id in dict.fromkeys(int(each) for each in found):
            act = "again" if dice.random() < 0.7 else "refuse"
            path = f"/visits/redos/{ticket_id}/{act}"
            self._done(desk.send(path, "/visits/redos", reason="确未解决"), f"redo {act}")

    # --- units -------------------------------------------------------------------------------

    def _at_units(self) -> None:
        for unit in self.house.units.values():
            for ticket_id in unit.listed("/unit?tab=to_sign", "/unit/tickets"):
                shown = f"/unit/tickets/{ticket_id}"
                if self.dice.random() < 0.12:
                    self._give_back(unit, ticket_id)
                elif self.dice.random() < 0.9:
                    self._done(unit.send(f"{shown}/sign", shown), "sign")
            for ticket_id in unit.listed("/unit?tab=handling", "/unit/tickets"):
                self._handle(unit, ticket_id)

    def _give_back(self, unit: Browser, ticket_id: int) -> None:
        others = [each for each in self.house.units if each != unit.who.unit_id]
        shown = f"/unit/tickets/{ticket_id}"
        told = unit.send(
            f"{shown}/return", shown, "return", has_part="no", reason="not_ours",
            basis="市政设施管理职责分工",
            proposed=organisation.get_unit(self.dice.choice(others)).name,
        )  # fmt: skip
        if self._done(told, "return"):
            self.deeds.returns[ticket_id] += 1

    def _handle(self, unit: Browser, ticket_id: int) -> None:
        shown, chance = f"/unit/tickets/{ticket_id}", self.dice.random()
        if "/resume" in unit.get(shown):
            self._done(unit.send(f"{shown}/resume", shown), "resume")
            return
        if chance < 0.1 and not self.deeds.wishes.get(ticket_id):
            kind = self.dice.choice(["extension", "suspension"])
            more = "2wd" if kind == "extension" else ""
            told = unit.send(
                f"{shown}/time", shown, "time", kind=kind, more=more, whole="",
                reason="works_under_way", basis="备件已订购", told_in_contact="",
            )  # fmt: skip
            if self._done(told, "ask time"):
                self.deeds.wishes[ticket_id] = kind
            return
        if chance < 0.3:
            return  # not today
        given = {"reached": "yes", "note": "已与诉求人电话沟通"}
        self._done(unit.send(f"{shown}/contacts", shown, "contact", **given), "contact")
        day = f"{self.dice.randint(1, 28)}日"
        told = unit.send(
            f"{shown}/result", shown, "result", solved="yes", once_key=f"k{self.dice.random()}",
            public_reply=f"经{day}现场核查，{self.title_of(ticket_id)}一事已处理完毕，感谢监督。",
        )  # fmt: skip
        if self._done(told, "result"):
            self.deeds.handed_in.add(ticket_id)

    def _at_the_county(self) -> None:
        county, town = self.house.county, self.house.town
        for ticket_id in county.listed("/county-dispatch", "/county-dispatch"):
            shown = f"/county-dispatch/{ticket_id}"
            self._done(county.send(f"{shown}/sign", shown), "county sign")
        for ticket_id in county.listed("/county-dispatch?tab=to_send_down", "/county-dispatch"):
            shown = f"/county-dispatch/{ticket_id}"
            told = county.send(f"{shown}/send-down", shown, unit=town.who.unit_id, limit="3wd")
            self._done(told, "send down")
        for ticket_id in county.listed("/unit?tab=handling", "/unit/tickets"):
            self._handle(county, ticket_id)
        for tab in ("to_sign", "handling", "assisting"):
            for ticket_id in town.listed(f"/unit?tab={tab}", "/unit/tickets"):
                self._in_the_town(town, ticket_id)

    def _in_the_town(self, town: Browser, ticket_id: int) -> None:
        shown = f"/unit/tickets/{ticket_id}"
        html = town.get(shown)
        if f'{shown}/sign"' in html:
            self._done(town.send(f"{shown}/sign", shown), "town sign")
        elif f'{shown}/opinion"' in html:
            typed = {"text": "已现场处理"}
            self._done(town.send(f"{shown}/opinion", shown, "opinion", **typed), "opinion")
        elif f'{shown}/result"' in html:
            self._handle(town, ticket_id)

    # --- what people read --------------------------------------------------------------------

    def _done(self, status: int, act: str) -> bool:
        if status != 302:
            self.deeds.refused[f"{act} {status}"] += 1
        return status == 302

    def number_of(self, ticket_id: int) -> str:
        """Return the number of a ticket."""
        db.session.rollback()
        return db.session.get_one(Ticket, ticket_id).number

    def title_of(self, ticket_id: int) -> str:
        """Return the title of a ticket."""
        db.session.rollback()
        return db.session.get_one(Ticket, ticket_id).title

    def check_code(self, ticket_id: int) -> str:
        """Return the code that the citizen was given with his number."""
        db.session.rollback()
        return db.session.get_one(Ticket, ticket_id).check_code
