"""What seldom happens to a ticket, done once in every year by those whom it is for.

Chance plays the common moves; the rare ones would be played in one year and not in the next. Here
each move of the table is made at least once through the pages, from each state in which it stands,
and every page of the desks that saves is sent by the role that it is for.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.calls.call_states import Direction
from app.handling import visit_links
from app.organisation import service as organisation
from app.tickets.ticket_states import TicketState as S
from tests.handling import spoken
from tests.rehearsal import year_lane, year_over_again
from tests.rehearsal.year_desks import Browser, Citizen

if TYPE_CHECKING:
    from tests.rehearsal.year_play import Year

GATE = "review.before_dispatch"
MERGED_FROM = (
    S.NEED_INFO, S.TO_REVIEW, S.TO_DISPATCH, S.TO_SIGN, S.HANDLING, S.RETURN_REVIEW,
    S.ADJUDICATION, S.SUSPENDED, S.TO_AUDIT,
)  # fmt: skip
WITHDRAWN_FROM = (*MERGED_FROM, S.TO_VISIT)
VOID_FROM = (S.NEED_INFO, S.TO_REVIEW, S.TO_DISPATCH)
REPLY = "已派人到现场处理{title}，{day}日前办妥，感谢您的监督。"


def play(year: "Year") -> None:
    """Live all of it in one sitting; what is left open goes on as everything does."""
    seldom = Seldom(year)
    seldom.merge_from_everywhere()
    seldom.withdraw_from_everywhere()
    seldom.strike_out()
    seldom.dispute()
    seldom.ask_for_time()
    seldom.be_looked_at_and_asked()
    seldom.work_together()
    seldom.put_right()
    year_lane.call_an_enterprise(seldom)
    seldom.act_on_several()
    seldom.end_without_asking()
    seldom.answer_by_link()
    year_over_again.begin(seldom)
    seldom.follow_up()
    seldom.leave_unsigned()


class Seldom:
    """Acts of everybody with one ticket, each through its page; whatever is refused is a fault."""

    def __init__(self, year: "Year") -> None:
        self.year, self.house, self.deeds = year, year.house, year.deeds
        self.agent, self.desk = year.house.agents[0], year.house.dispatcher
        self.unit = next(iter(year.house.units.values()))
        self.other = list(year.house.units.values())[1]
        self.ways: Mapping[S, Callable[[], int]] = {
            S.TO_REVIEW: self.to_review,
            S.NEED_INFO: self.need_info,
            S.TO_DISPATCH: self.opened,
            S.TO_SIGN: self.sent,
            S.HANDLING: self.signed,
            S.RETURN_REVIEW: self.returned,
            S.ADJUDICATION: self.referred,
            S.SUSPENDED: self.suspended,
            S.TO_AUDIT: self.handed_in,
            S.TO_VISIT: self.approved,
        }

    def must(self, by: Browser, path: str, shown_at: str, prefix: str = "", **typed: Any) -> None:
        """Do it; that it is refused is a fault of the year."""
        told = by.send(path, shown_at, prefix, **typed)
        if told not in {200, 302}:
            self.house.faults.append(f"{told} {by.who.role} {path}")

    def at_desk(self, act: str, ticket_id: int, prefix: str, **typed: Any) -> None:
        """Let the dispatcher act on the page of a ticket."""
        shown = f"/dispatch/{ticket_id}"
        self.must(self.desk, f"{shown}{act}", shown, prefix, **typed)

    def at_managers(self, act: str, ticket_id: int, prefix: str, **typed: Any) -> None:
        """Let the manager act on the same page."""
        shown = f"/dispatch/{ticket_id}"
        self.must(self.house.manager, f"{shown}{act}", shown, prefix, **typed)

    def at_unit(self, act: str, ticket_id: int, prefix: str = "", **typed: Any) -> None:
        """Let the unit act on its page of a ticket."""
        shown = f"/unit/tickets/{ticket_id}"
        self.must(self.unit, f"{shown}{act}", shown, prefix, **typed)

    # --- how a ticket gets there -------------------------------------------------------------

    def opened(self, **changes: Any) -> int:
        """A ticket that waits to be dispatched, its caller not confidential."""
        ticket_id = self.year.call(self.agent, is_confidential=False, **changes)
        self.year.traveller.shift(60)  # the call is over
        return ticket_id

    def to_review(self) -> int:
        """One that is looked at first."""
        self._set_gate("review_all")
        ticket_id = self.opened()
        self._set_gate("no_review")
        return ticket_id

    def need_info(self) -> int:
        """One of which something is missing."""
        ticket_id = self.opened()
        self.at_desk("/ask-info", ticket_id, "ask_info", question="哪个路口")
        return ticket_id

    def sent(self, **changes: Any) -> int:
        """One that its unit has to sign for."""
        return self.send(self.opened(**changes))

    def send(self, ticket_id: int) -> int:
        """Let the dispatcher give it to the unit."""
        self.at_desk("", ticket_id, "dispatch", lead=self._name(self.unit))
        self.deeds.dispatches[ticket_id] += 1
        return ticket_id

    def signed(self, **changes: Any) -> int:
        """One that its unit handles."""
        ticket_id = self.sent(**changes)
        self.at_unit("/sign", ticket_id)
        return ticket_id

    def returned(self) -> int:
        """One that its unit wants to give back."""
        return self._give_back(self.signed())

    def referred(self) -> int:
        """One of which the hotline says whose it is."""
        ticket_id = self.opened()
        self.at_desk("/refer", ticket_id, "refer", opinions="两家都说不是自己的")
        return ticket_id

    def suspended(self) -> int:
        """One that rests."""
        ticket_id = self.signed()
        self._ask_time(ticket_id, "suspension")
        self._decide_time(ticket_id, agrees="yes")
        self.deeds.suspensions[ticket_id] += 1
        return ticket_id

    def handed_in(self) -> int:
        """One whose result is looked at."""
        return self._hand_in(self.signed())

    def approved(self) -> int:
        """One whose citizen is asked."""
        ticket_id = self.handed_in()
        shown = f"/audit-results/{ticket_id}"
        self.must(self.house.auditor, f"{shown}/approve", shown, "approve")
        return ticket_id

    # --- what seldom happens -----------------------------------------------------------------

    def merge_from_everywhere(self) -> None:
        """Tickets of one matter follow the first of them, wherever they stand; one is split off."""
        master = self.opened()
        number = self.year.number_of(master)
        for state in MERGED_FROM:
            ticket_id = self.ways[state]()
            self.at_desk("/merge", ticket_id, "merge", master=number)
            self.deeds.merged.add(ticket_id)
        self.at_desk("/split-off", ticket_id, "split_off", reason="不是同一处")
        unseen = self.to_review()
        self.at_desk("/merge", unseen, "merge", master=number)
        self.deeds.merged.add(unseen)
        self.at_desk("/split-off", unseen, "split_off", reason="不是同一处")
        self.at_desk("/approve-intake", unseen, "approve_intake", note="齐全")

    def withdraw_from_everywhere(self) -> None:
        """Citizens take their demands back, wherever they stand."""
        for state in WITHDRAWN_FROM:
            ticket_id = self.ways[state]()
            call_id = self._calls_again(ticket_id)
            shown = f"/follow-ups/{ticket_id}"
            self.must(self.agent, f"{shown}/withdraw", shown, call=call_id)
            self.deeds.withdrawn.add(ticket_id)

    def strike_out(self) -> None:
        """What was no demand is struck out."""
        for state in VOID_FROM:
            self.at_managers("/void", self.ways[state](), "void", reason="误录")

    def dispute(self) -> None:
        """Returns are refused and agreed to, units disagree, and the manager names who handles."""
        refused = self.returned()
        self.at_desk("/refuse-return", refused, "refuse", reason="属贵局职责")
        self.deeds.refused_returns[refused] += 1
        again = self._give_back(self.sent())  # before it is signed for
        self.at_desk("/agree-return", again, "agree", note="同意")
        referred = self._give_back(self.signed())
        self.at_desk("/refer", referred, "refer", opinions="两家都说不是自己的")
        given = {"lead": self._name(self.other), "basis": "职责清单"}
        for is_final in ("no", "yes"):
            beside = {"is_final": is_final}
            self.at_managers("/designate", referred, "designate", beside=beside, **given)
        self.deeds.dispatches[referred] += 1
        html = self.house.manager.get("/dispatch-precedents")
        first = re.search(r"/dispatch-precedents/\d+/end", html)
        self.must(self.house.manager, first[0] if first else "/", "/dispatch-precedents")

    def ask_for_time(self) -> None:
        """More time is refused, given, taken from a law, and a pause is ended by either side."""
        longer = self.signed()
        self._ask_time(longer, "extension", more="2wd")
        self._decide_time(longer, agrees="no", words="无正当理由")
        self._ask_time(longer, "extension", more="2wd")
        self._decide_time(longer, agrees="yes")
        self.deeds.extensions[longer] += 1
        by_law = self.signed()
        self._ask_time(by_law, "statutory", whole="60d")
        self._decide_time(by_law, agrees="yes")
        self.at_unit("/resume", self.suspended())
        self.at_desk("/resume", self.suspended(), "resume", note="鉴定已出")

    def be_looked_at_and_asked(self) -> None:
        """A new one is looked at, a question is answered, a result comes back."""
        self.at_desk("/approve-intake", self.to_review(), "approve_intake", note="齐全")
        asked = self.to_review()
        self.at_desk("/ask-info", asked, "ask_info", question="哪个路口")
        shown = f"/follow-ups/{asked}"
        self.must(self.agent, f"{shown}/give-info", shown, "give_info", text="在路口第二盏")
        self.at_desk("/approve-intake", asked, "approve_intake", note="齐全")
        shown = f"/follow-ups/{self.need_info()}"
        self.must(self.agent, f"{shown}/give-info", shown, "give_info", text="在路口第二盏")
        shown = f"/audit-results/{self.handed_in()}"
        given = {"defect": "empty_words", "note": "请写明日期"}
        self.must(self.house.auditor, f"{shown}/send-back", shown, "send_back", **given)

    def work_together(self) -> None:
        """A unit calls in another, and a county lets its town do the work."""
        ticket_id = self.signed()
        given = {"unit": self._name(self.other), "limit": "1wd", "note": "请协助"}
        self.at_unit("/assistants", ticket_id, "call_in", **given)
        shown = f"/unit/tickets/{ticket_id}"
        self.must(self.other, f"{shown}/sign", shown)
        self.must(self.other, f"{shown}/opinion", shown, "opinion", text="已现场核实")
        county = self.house.county
        ticket_id = self.opened(request_type="complaint")
        self.at_desk("", ticket_id, "dispatch", lead=self._name(county))
        self.deeds.dispatches[ticket_id] += 1
        shown = f"/county-dispatch/{ticket_id}"
        self.must(county, f"{shown}/sign", shown)
        to_town = {"unit": self.house.town.who.unit_id, "limit": "3wd"}
        self.must(county, f"{shown}/send-down", shown, **to_town)
        second = self.opened(request_type="complaint")
        self.at_desk("", second, "dispatch", lead=self._name(county))
        self.deeds.dispatches[second] += 1
        shown = f"/unit/tickets/{second}"
        self.must(county, f"{shown}/send-down", shown, "send_down", **{**to_town, "limit": "3wd"})

    def put_right(self) -> None:
        """Kind, category and place are corrected, flags given; a clock follows today's rules."""
        ticket_id = self.signed(request_type="complaint")
        given = {"request_type": "help", "reason": "并非投诉"}
        self.at_desk("/retype", ticket_id, "retype", **given)
        given = {
            "category_code": "0301", "place": "441625", "address": "东源大道",
            "reason": "写错了地方",
        }  # fmt: skip
        self.at_desk("/category-and-place", ticket_id, "matter", **given)
        self.at_desk("/marks", ticket_id, "marks", flags=["complex", "risk"])
        self.set_rule("limit.help", "9wd")
        html = self.house.manager.get(f"/dispatch/{ticket_id}")
        offered = re.search(r'id="follow_rules-clock".*?<option[^>]*value="(\d+)"', html, re.S)
        clock = offered[1] if offered else ""
        given = {"clock": clock, "reason": "新规自今日起执行"}
        self.at_managers("/follow-rules", ticket_id, "follow_rules", **given)
        self.set_rule("limit.help", "10wd")

    def act_on_several(self) -> None:
        """Several are dispatched, and several merged, in one act."""
        first, second, third, fourth = [self.opened() for _ in range(4)]
        chosen = [self._seen(first), self._seen(second)]
        given = {"chosen": chosen, "lead": self._name(self.unit), "note": ""}
        self.must(self.desk, "/dispatch-batch", "/dispatch", **given)
        self.deeds.dispatches.update([first, second])
        master = self.year.number_of(first)
        chosen = [self._seen(third), self._seen(fourth)]
        beside = {"chosen": chosen, "master": master, "is_seen": "yes"}
        self.must(self.desk, "/dispatch-merge", "/dispatch", beside=beside)
        self.deeds.merged.update([third, fourth])

    def end_without_asking(self) -> None:
        """Nobody is asked who wants it so; a result or a wish for more is decided without him."""
        shown = f"/audit-results/{self.handed_in()}"
        self.must(self.house.auditor, f"{shown}/close", shown, "close", exclusion="declined_visit")
        shown = f"/visits/{self.approved()}"
        exclusion = {"exclusion": "declined_visit"}
        self.must(self.house.manager, f"{shown}/leave-out", shown, **exclusion)
        for act in ("again", "refuse"):
            ticket_id = self.approved()
            self.answer(ticket_id, solved=False, asks_redo="y")
            path = f"/visits/redos/{ticket_id}/{act}"
            self.must(self.desk, path, "/visits/redos", reason="已核")

    def answer_by_link(self) -> None:
        """A citizen answers by the link in his message, and looks how far his matter is."""
        ticket_id = self.approved()
        citizen = Citizen.beside(self.agent)
        path = visit_links.link_for(ticket_id)
        given = {"is_solved": "yes", "result_mark": 5, "attitude_mark": 4, "words": ""}
        self.must(citizen, path, path, **given)
        self.deeds.tries[ticket_id] += 1
        self.deeds.answers[ticket_id] = (True, 5, 4)
        missed, visitor = self.approved(), self.house.visitor
        call_id = spoken.call(visitor.who, self.year.opened[missed], talked=False)
        shown = f"/visits/{missed}"
        self.must(visitor, f"{shown}/missed", shown, why="no_answer", call=call_id)
        self.deeds.tries[missed] += 1
        code = self.year.check_code(ticket_id)
        given = {"number": self.year.number_of(ticket_id), "code": code}
        self.must(citizen, "/progress", "/progress", **given)

    def follow_up(self) -> None:
        """A caller adds to his matter, a unit reads it, and colleagues hand it over."""
        ticket_id = self.signed()
        shown = f"/follow-ups/{ticket_id}"
        call_id = self._calls_again(ticket_id)
        given = {"kind": "supplement", "text": "旁边还有一处", "call": call_id}
        self.must(self.agent, f"{shown}/add", shown, **given)
        self.at_unit("/seen", ticket_id)
        other = self.house.agents[1]
        given = {"to": other.who.user_id, "reason": "休假"}
        self.must(self.agent, f"{shown}/hand-over", shown, **given)
        reading = f"/tickets/{ticket_id}"
        given = {"reason_code": "dispatch", "reason": "核对联系方式"}
        self.must(self.house.leader, f"{reading}/unmask", reading, "unmask", **given)
        self.must(self.house.leader, f"{reading}/cover", reading)

    def leave_unsigned(self) -> None:
        """Nobody signs for it until its time is over."""
        self.sent()

    # --- hands -------------------------------------------------------------------------------

    def _calls_again(self, ticket_id: int) -> int:
        number = self.year.opened[ticket_id]
        return spoken.call(self.agent.who, number, direction=Direction.IN)

    def _give_back(self, ticket_id: int) -> int:
        given = {"has_part": "no", "reason": "not_ours", "basis": "市政设施管理职责分工"}
        given["proposed"] = self._name(self.other)
        self.at_unit("/return", ticket_id, "return", **given)
        self.deeds.returns[ticket_id] += 1
        return ticket_id

    def _hand_in(self, ticket_id: int) -> int:
        self.at_unit("/contacts", ticket_id, "contact", reached="yes", note="已电话沟通")
        reply = REPLY.format(title=self.year.title_of(ticket_id), day=1 + ticket_id % 28)
        given = {"solved": "yes", "once_key": f"seldom-{ticket_id}", "public_reply": reply}
        self.at_unit("/result", ticket_id, "result", **given)
        self.deeds.handed_in.add(ticket_id)
        return ticket_id

    def answer(self, ticket_id: int, *, solved: bool, **more: str) -> None:
        visitor, shown = self.house.visitor, f"/visits/{ticket_id}"
        call_id = spoken.call(visitor.who, self.year.opened[ticket_id])
        given = {"is_solved": "yes" if solved else "no", "result_mark": 2, "attitude_mark": 4,
                 "words": "", "call": call_id, **more}  # fmt: skip
        self.must(visitor, shown, shown, **given)
        self.deeds.tries[ticket_id] += 1
        self.deeds.answers[ticket_id] = (solved, 2, 4)

    def _ask_time(self, ticket_id: int, kind: str, **more: str) -> None:
        given = {"more": "", "whole": "", "told_in_contact": "", **more}
        words = {"reason": "works_under_way", "basis": "备件已订购"}
        self.at_unit("/time", ticket_id, "time", kind=kind, **words, **given)

    def _decide_time(self, ticket_id: int, *, agrees: str, words: str = "") -> None:
        beside = {"agrees": agrees}
        self.at_desk("/decide-time", ticket_id, "time", beside=beside, words=words)

    def _set_gate(self, value: str) -> None:
        self.set_rule(GATE, value)

    def set_rule(self, key: str, value: str) -> None:
        self.year.traveller.shift(1)  # a rule holds from a moment on
        path = f"/administration/rules/{key}"
        given = {"value": value, "basis": "试行", "valid_from": ""}
        self.must(self.house.manager, path, path, **given)
        self.year.traveller.shift(1)

    def _name(self, browser: Browser) -> str:
        return organisation.get_unit(browser.who.unit_id or 0).name

    def _seen(self, ticket_id: int) -> str:
        found = re.search(rf'value="({ticket_id}:\d+)"', self.desk.get("/dispatch"))
        return found[1] if found else f"{ticket_id}:0"
