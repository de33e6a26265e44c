"""What must be true after a year: told by the table of moves, by plain counting, by what was done.

The count of rates is written anew here, out of the file that anybody can take out of the figures
page; it shares nothing with the program's own formulas.
"""

import csv
import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from itertools import pairwise

from sqlalchemy import select

from app.core.database import db
from app.handling import merging
from app.measures.reading import shipped_formulas
from app.tickets.models import Ticket, TicketStep
from app.tickets.ticket_moves import TABLE
from app.tickets.ticket_states import OVER, TicketState
from tests.rehearsal.year_play import CALLER, Year

Row = Mapping[str, str]
MONTHS = ("2026-11", "2026-12", *(f"2027-{month:02}" for month in range(1, 13)))
PERIODS = (
    *(("month", f"{month}-01") for month in MONTHS), ("day", "2026-11-02"), ("week", "2026-11-02"),
)  # fmt: skip


def _yes(name: str) -> Callable[[Row], bool]:
    return lambda row: row[name] == "True"


def _known(name: str) -> Callable[[Row], bool]:
    return lambda row: row[name] != ""


def _some(name: str) -> Callable[[Row], bool]:
    return lambda row: int(row[name]) > 0


def _mark(name: str) -> Callable[[Row], bool]:
    return lambda row: int(row[name] or 0) >= 3


def _always(row: Row) -> bool:
    return bool(row)


def _alone(row: Row) -> bool:
    return row["is_merged"] != "True"


def _sent(row: Row) -> bool:
    return int(row["dispatches"]) > 0


# What each rate is, in the words of domain rules 1.10: what it counts, of what, without what.
RATES: Mapping[str, tuple[Callable[[Row], bool], Callable[[Row], bool], str]] = {
    "dispatch_accuracy": (
        lambda r: r["first_unit_id"] != "" and r["first_unit_id"] == r["unit_id"],
        lambda r: _sent(r) and _alone(r), "withdrawn void"),
    "dispatch_once": (lambda r: r["dispatches"] == "1", lambda r: _sent(r) and _alone(r),
                      "withdrawn void"),
    "dispatch_in_time": (_yes("dispatched_in_time"), _known("dispatched_in_time"), "void"),
    "sign_in_time": (_yes("signed_in_time"), _known("signed_in_time"), "withdrawn void"),
    "handle_in_time": (_yes("handled_in_time"), _known("handled_in_time"),
                       "withdrawn void statutory"),
    "answer_in_time": (_yes("answered_in_time"), _known("answered_in_time"),
                       "withdrawn void statutory"),
    "response": (_yes("contacted_in_time"), _known("contacted_in_time"),
                 "anonymous withdrawn void"),
    "first_contact": (_yes("first_contact_in_time"), _known("first_contact_in_time"),
                      "anonymous withdrawn void"),
    "solution": (_yes("is_solved"), _known("is_solved"),
                 "anonymous withdrawn void mediation enforcement"),
    "satisfaction": (_mark("result_mark"), _known("result_mark"),
                     "anonymous withdrawn void mediation enforcement statutory"),
    "attitude": (_mark("attitude_mark"), _known("attitude_mark"), "anonymous withdrawn void"),
    "efficiency": (_mark("efficiency_mark"), _known("efficiency_mark"), "anonymous withdrawn void"),
    "visit": (_yes("is_reached"), _yes("is_visit_due"), "anonymous withdrawn void"),
    "visit_attempted": (_some("visit_attempts"), _yes("is_visit_due"), "anonymous withdrawn void"),
    "unproven_answers": (_yes("is_answer_unproven"), _yes("is_reached"), "withdrawn void"),
    "return": (_some("returns"), _sent, "withdrawn void"),
    "improper_return": (_some("improper_returns"), _sent, "withdrawn void"),
    "redo": (lambda r: int(r["rounds"]) > 1, _yes("is_handed_in"), "withdrawn void"),
    "repeat": (_some("repeats"), _always, "void"),
    "extension": (_some("extensions"), _sent, "withdrawn void"),
    "suspension": (_some("suspensions"), _sent, "withdrawn void"),
    "urge": (_some("urges"), _sent, "withdrawn void"),
    "supervision": (_some("supervisions"), _sent, "withdrawn void"),
    "closing": (_yes("is_closed"), _alone, "void counted_only"),
    "merged": (_yes("is_merged"), _always, "void"),
}  # fmt: skip


_D = "ticket_desks.dispatch."
_S, _C, _U = "ticket_desks.standing.", "ticket_desks.decisions.", "ticket_desks.unit."
_F, _V, _L = "ticket_desks.follow.", "ticket_desks.visits.", "ticket_desks.liaisons."
_K, _R = "channel_entries.case_pages.", "measures.reports."
BY_ROLE: Mapping[str, tuple[str, ...]] = {
    "agent": (
        "workstation.writing_pages.open_ticket", f"{_F}add", f"{_F}give_info", f"{_F}hand_over",
        f"{_F}withdraw", "text_intake.take_message", "text_intake.answer_message",
        "text_intake.open_ticket", "text_intake.close_message", "text_intake.give_message_back",
        "tickets.outside_numbers.add_number", "tickets.outside_numbers.remove_number",
    ),
    "dispatcher": (
        f"{_D}dispatch", f"{_D}ask_info", f"{_D}merge", f"{_D}retype", f"{_D}mark", f"{_D}refer",
        "ticket_desks.batch.dispatch_batch", "ticket_desks.batch.merge_batch",
        f"{_S}correct_person_kind", f"{_S}correct_category_and_place",
        f"{_S}approve_intake", f"{_S}split_off", f"{_S}resume",
        f"{_C}agree_return",
        f"{_C}refuse_return", f"{_C}decide_time", f"{_V}send_again", f"{_V}refuse_redo",
        "ticket_desks.audit_results.approve", "ticket_desks.audit_results.send_back",
        "ticket_desks.audit_results.close", f"{_L}file_change", "tickets.lists.save_view",
        "tickets.lists.open_with_view", "tickets.lists.remove_view",
        "tickets.exports.ask_for_export", "tickets.exports.fetch_file",
    ),
    "city_liaison": (
        f"{_U}sign", f"{_U}ask_return", f"{_U}ask_time", f"{_U}resume", f"{_U}log_contact",
        f"{_U}hand_in", f"{_U}call_in", f"{_U}give_opinion", f"{_U}see_follow_ups",
        "duty_roster.add_person", "duty_roster.change_person", "duty_roster.plan_duty",
        "duty_roster.copy_week", "duty_roster.take_duty_out", f"{_R}object_to_figure",
    ),
    "county_dispatcher": (
        "ticket_desks.county.sign", "ticket_desks.county.send_down", f"{_U}send_down",
        f"{_L}add_liaison", f"{_L}change_liaison",
    ),
    "return_visitor": (f"{_V}note_answers", f"{_V}note_missed"),
    "hotline_manager": (
        f"{_S}void", f"{_S}reopen", f"{_S}follow_rules", f"{_C}designate", f"{_C}end_precedent",
        f"{_V}leave_out", "administration.rules.set_rule", "administration.calendar.put_year",
        f"{_R}make_report", f"{_R}open_report", f"{_R}accept_objection", f"{_R}refuse_objection",
        f"{_R}take_report_back", f"{_R}reckon_report", f"{_R}publish_report",
        "measures.export_counted_tickets", "measures.export_figures",
        "channel_entries.channel_pages.set_state",
    ),
    "channel_clerk": (
        f"{_K}add_case", f"{_K}finish_case", f"{_K}discard_draft", f"{_K}correct_case",
        f"{_K}note_process", f"{_K}settle_case", f"{_K}hand_over",
    ),
    "shift_leader": ("tickets.privacy_pages.unmask_ticket", "tickets.privacy_pages.cover_ticket"),
    "overseer": ("measures.telling.export_telling",),
    "citizen": ("ticket_desks.visit_links.take_answers", "portal.show_progress"),
}  # fmt: skip
"""The pages that save, by the role that each is for. Calls by telephone need an exchange: see
`tests.ticket_desks.test_own_calls`; administration has tests of its own."""
PAGES = [(page, role) for role, pages in BY_ROLE.items() for page in pages]


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    """Keep every line of the log."""
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    try:
        yield ear.said
    finally:
        logging.getLogger().removeHandler(ear)


def open_ends(year: Year) -> list[str]:
    """Name the tickets that are not over after everybody worked everything off."""
    open_now = set(year.open_ids())
    wanted = select(Ticket).where(Ticket.id.in_(open_now)).order_by(Ticket.id)
    return [f"ticket {each.id} ends as {each.state}" for each in db.session.scalars(wanted)]


def steps_unlike_the_table() -> list[str]:
    """Name the steps that no move of the table is, and those that do not follow each other."""
    allowed = {(str(move.act), old, move.new) for move in TABLE for old in move.old}
    found = []
    lives: dict[int, list[TicketStep]] = {}
    for step in db.session.scalars(select(TicketStep).order_by(TicketStep.id)):
        lives.setdefault(step.ticket_id, []).append(step)
    acts = {str(move.act) for move in TABLE}
    for ticket_id, steps in lives.items():
        for step in steps:
            is_move = step.act in acts and step.old is not step.new
            if is_move and (step.act, step.old, step.new) not in allowed:
                found.append(f"ticket {ticket_id}: {step.act} from {step.old} to {step.new}")
        if any(after.old is not before.new for before, after in pairwise(steps)):
            found.append(f"ticket {ticket_id}: a step does not begin where the last one ended")
        if (
            steps[-1].new not in OVER
            and steps[-1].new is not db.session.get_one(Ticket, ticket_id).state
        ):
            found.append(f"ticket {ticket_id}: stands elsewhere than its last step")
    return found


def never_done() -> list[str]:
    """Name the moves of the table, and the states they stand in, that nobody made all year."""
    made = {
        (step.act, step.old, step.new)
        for step in db.session.scalars(select(TicketStep))
        if step.old
    }
    return [
        f"nobody ever did {move.act} from {old}"
        for move in TABLE
        for old in sorted(move.old)
        if (str(move.act), old, move.new) not in made
    ]


def never_sent(year: Year) -> list[str]:
    """Name the pages that save and that nobody of those whom they are for ever sent."""
    played = set(year.house.played)
    return [f"no {role} ever sent {page}" for page, role in PAGES if (page, role) not in played]


def unanswered() -> list[str]:
    """Name the callers of merged tickets whom nobody answered though their master is closed."""
    ended = (TicketState.CLOSED, TicketState.ARCHIVED)
    masters = db.session.scalars(select(Ticket).where(Ticket.state.in_(ended))).all()
    return [
        f"ticket {child.id} was merged into {master.id}, which closed without an answer to it"
        for master in masters
        for child in merging.unanswered_children(master)
    ]


def figures_unlike(year: Year) -> list[str]:
    """Compare page and export with a plain count, and the export with what people did."""
    manager, found = year.house.manager, []
    rows: dict[int, Row] = {}
    for kind, day in PERIODS:
        asked = f"kind={kind}&day={day}"
        counted = manager.post(f"/figures/tickets?{asked}")
        among = list(csv.DictReader(io.StringIO(counted.text.lstrip("\ufeff"))))
        if kind == "month":
            rows.update({int(row["ticket_id"]): row for row in among})
        page = manager.post(f"/figures/export?{asked}&as=csv").text
        lines = list(csv.reader(io.StringIO(page.lstrip("\ufeff"))))
        found += [f"{kind} {day} {each}" for each in _rates_unlike(among, lines)]
        sheet = sheet_lines(manager.post(f"/figures/export?{asked}").data)
        if _said(sheet) != _said(lines):
            found.append(f"{kind} {day}: the workbook says other than the text file")
    return found + _deeds_unlike(rows, year)


def _said(lines: list[list[str]]) -> list[list[str]]:
    """Leave out what says nothing: a workbook has no cell there."""
    said = [[cell for cell in line if cell] for line in lines]
    return [line for line in said if line]


def sheet_lines(workbook: bytes) -> list[list[str]]:
    """Return the cells of the first sheet of an XLSX file, read by hand."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    rows = re.findall(r"<row\b[^>]*>(.*?)</row>", sheet, re.S)
    return [
        [unescape(cell) for cell in re.findall(r"<t\b[^>]*>(.*?)</t>", row, re.S)] for row in rows
    ]


def personal_data_in(said: list[str], year: Year) -> list[str]:
    """Name the lines of the log that hold who called."""
    secret = [CALLER, *set(year.opened.values())]
    return [f"the log says {each}" for each in secret if any(each in line for line in said)]


def recount(rows: list[Row], code: str) -> tuple[int, int]:
    """Return numerator and denominator of a rate, counted by hand."""
    counts, of_what, without = RATES[code]
    left_out = set(without.split())
    among = [row for row in rows if of_what(row)]
    among = [row for row in among if not left_out & set(row["exclusions"].split())]
    return sum(counts(row) for row in among), len(among)


def _rates_unlike(rows: list[Row], lines: list[list[str]]) -> list[str]:
    names = {each.name_zh: each.code for each in shipped_formulas()}
    told = {
        names[line[0]]: (int(line[3]), int(line[4]))
        for line in lines
        if line[:1] and line[0] in names
    }
    lacking = [f"{code}: not in the export" for code in RATES if code not in told]
    return lacking + [
        f"{code}: told {told[code]}, counted {by_hand}"
        for code in RATES
        if code in told and told[code] != (by_hand := recount(rows, code))
    ]


def _deeds_unlike(rows: Mapping[int, Row], year: Year) -> list[str]:
    deeds, found = year.deeds, []
    counted: dict[str, Counter[int]] = {
        "dispatches": deeds.dispatches,
        "returns": deeds.returns,
        "improper_returns": deeds.refused_returns,
        "extensions": deeds.extensions,
        "suspensions": deeds.suspensions,
        "urges": deeds.urges,
        "visit_attempts": deeds.tries,
    }
    if set(rows) != set(year.opened):
        found.append(f"{len(year.opened)} tickets were opened, {len(rows)} are in the export")
    for ticket_id, row in rows.items():
        for name, deed in counted.items():
            if int(row[name]) != deed[ticket_id]:
                found.append(f"ticket {ticket_id}: {name} {row[name]}, done {deed[ticket_id]}")
        if (row["is_handed_in"] == "True") != (ticket_id in deeds.handed_in):
            found.append(f"ticket {ticket_id}: handed in {row['is_handed_in']}")
        if not _is_contact_right(row["first_contact_in_time"], deeds.called.get(ticket_id)):
            found.append(f"ticket {ticket_id}: contacted {row['first_contact_in_time'] or 'never'}")
        solved, result, attitude = deeds.answers.get(ticket_id, ("", "", ""))
        if (row["is_solved"], row["result_mark"], row["attitude_mark"]) != (
            str(solved), str(result), str(attitude),
        ):  # fmt: skip
            found.append(f"ticket {ticket_id}: answered otherwise than it is counted")
    return found


def _is_contact_right(told: str, was_called: bool | None) -> bool:
    """Nobody is promised a contact but in the lane; who was not called there was never in time."""
    return told == "" if was_called is None else (told == "True") is was_called
