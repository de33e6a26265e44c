"""Figures are shown to the units before they are published, and frozen when they are."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.core.database import unit_of_work
from app.handling.acting import Doer
from app.measures import reports
from app.measures.grouping import Group
from app.measures.publication_states import NotOpen, ObjectionsUndecided, StillOpen
from tests import people
from tests.handling.cast import Cast, ask, audited, handled, make_cast
from tests.measures.test_figures_are_reckoned_again import MONTH

pytestmark = [pytest.mark.usefixtures("registers", "app")]
UNTIL = "2026-12-10T09:00"


@pytest.fixture
def cast(registers: None, app: Flask, frozen: time_machine.Traveller) -> Cast:
    """A month that is over: one ticket solved, one at work."""
    assert (app, registers) != (None, None)  # both stand before anybody works
    made = make_cast()
    ask(made, audited(made))
    handled(made)
    frozen.move_to("2026-12-02T02:00:00Z")
    return made


def signed_in(app: Flask, doer: Doer) -> Any:
    browser: Any = app.test_client()
    people.sign_in(browser, people.accounts.get_person(doer.user_id).work_number)
    return browser


def made_by(manager: Any) -> int:
    answer = manager.post("/figures/reports?kind=month&day=2026-11-01&by=unit")
    found = re.search(r"/figures/reports/(\d+)$", answer.location)
    assert found
    return int(found[1])


def test_a_report_goes_from_draft_through_objections_to_its_publication(
    app: Flask, cast: Cast, frozen: time_machine.Traveller
) -> None:
    manager, unit = signed_in(app, cast.manager), signed_in(app, cast.unit)
    report_id = made_by(manager)
    own = f"/figures/reports/{report_id}/mine"
    assert unit.get(own).status_code == 404

    assert manager.post(f"/figures/reports/{report_id}/open", data={"until": UNTIL}).location
    assert "按时办结率" in unit.get(own).text
    objection = {"formula": "solution", "text": "该件属行政调解"}
    assert unit.post(f"/figures/reports/{report_id}/objections", data=objection).status_code == 302
    assert manager.post(f"/figures/reports/{report_id}/publish").status_code == 409

    frozen.move_to("2026-12-10T02:00:00Z")
    manager, unit = signed_in(app, cast.manager), signed_in(app, cast.unit)
    assert "还有 1 条异议" in manager.post(f"/figures/reports/{report_id}/publish").text
    [made] = reports.objections_to(report_id)
    answer = manager.post(f"/figures/reports/objections/{made.id}/refuse", data={"text": "已核实"})
    assert answer.status_code == 302
    assert manager.post(f"/figures/reports/{report_id}/publish").status_code == 302

    page = unit.get(own).text
    assert "已发布" in page
    assert "已核实" in page
    late = unit.post(f"/figures/reports/{report_id}/objections", data=objection)
    assert late.status_code == 409
    assert "该件属行政调解" in late.text


def test_an_accepted_objection_is_not_published_over(
    app: Flask, cast: Cast, frozen: time_machine.Traveller
) -> None:
    manager, unit = signed_in(app, cast.manager), signed_in(app, cast.unit)
    report_id = made_by(manager)
    address = f"/figures/reports/{report_id}"
    manager.post(f"{address}/open", data={"until": UNTIL})
    for formula in ("solution", "handle_in_time"):
        unit.post(f"{address}/objections", data={"formula": formula, "text": "已解决"})
    first, second = reports.objections_to(report_id)
    accept = f"/figures/reports/objections/{first.id}/accept"
    assert manager.post(accept, data={"text": "属实"}).status_code == 302

    frozen.move_to("2026-12-10T02:00:00Z")
    manager = signed_in(app, cast.manager)
    refuse = f"/figures/reports/objections/{second.id}/refuse"
    assert manager.post(refuse, data={"text": "已核实"}).status_code == 302
    again = manager.post(accept.replace("accept", "refuse"), data={"text": "又不属实"})
    assert again.status_code == 404
    assert manager.post(f"{address}/publish").status_code == 409

    page = manager.get(address).text
    assert "草稿" in page
    assert "属实" in page
    assert "又不属实" not in page
    assert manager.post(f"{address}/reckon").status_code == 302
    assert manager.post(f"{address}/open", data={"until": "2026-12-20T09:00"}).status_code == 302


def test_a_unit_sees_its_own_numbers_and_no_other_units(app: Flask, cast: Cast) -> None:
    manager = signed_in(app, cast.manager)
    report_id = made_by(manager)
    manager.post(f"/figures/reports/{report_id}/open", data={"until": UNTIL})

    other = signed_in(app, cast.other)

    assert other.get(f"/figures/reports/{report_id}/mine").status_code == 404
    assert other.get(f"/figures/reports/{report_id}").status_code == 403
    assert other.get("/figures").status_code == 403
    tried = other.post(
        f"/figures/reports/{report_id}/objections", data={"formula": "solution", "text": "我们的"}
    )
    assert tried.status_code == 404


def test_published_numbers_are_frozen_and_the_rebuild_says_what_differs(
    app: Flask, cast: Cast, frozen: time_machine.Traveller
) -> None:
    with unit_of_work():
        report_id = reports.draft(MONTH, Group.UNIT, by=cast.manager.user_id).id
    run = app.test_cli_runner().invoke
    assert "0 numbers differ" in run(args=["figures", "rebuild"]).output
    with unit_of_work():
        until = people.accounts.get_person(cast.manager.user_id).created_at.replace(year=2027)
        reports.open_for_objections(report_id, until=until, by=cast.manager.user_id)
    frozen.move_to(until)
    with unit_of_work():
        reports.publish_report(report_id, by=cast.manager.user_id)
    kept = reports.get_report(report_id).cells

    told = run(args=["figures", "rebuild"]).output

    assert "handle_in_time" in told  # what was not due then is late now
    assert reports.get_report(report_id).cells == kept


def test_a_draft_that_is_reckoned_anew_equals_what_the_page_shows(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    with unit_of_work():
        report_id = reports.draft(MONTH, Group.UNIT, by=cast.manager.user_id).id
    frozen.move_to("2027-02-01T02:00:00Z")

    with unit_of_work():
        assert reports.reckon_again(report_id)
        assert not reports.reckon_again(report_id)
    assert reports.differences_now(reports.get_report(report_id)) == []


def test_what_comes_too_early_is_refused(cast: Cast, frozen: time_machine.Traveller) -> None:
    by = cast.manager.user_id
    with unit_of_work():
        report_id = reports.draft(MONTH, Group.UNIT, by=by).id
    with pytest.raises(NotOpen), unit_of_work():
        reports.make_objection(
            report_id, unit_id=cast.lead, formula_code="solution", text="x", by=by
        )
    with pytest.raises(reports.UntilTooEarly), unit_of_work():
        reports.open_for_objections(report_id, until=MONTH.ends, by=by)
    until = MONTH.ends.replace(day=20)
    with unit_of_work():
        reports.open_for_objections(report_id, until=until, by=by)
        reports.make_objection(
            report_id, unit_id=cast.lead, formula_code="solution", text="x", by=by
        )
    with pytest.raises(StillOpen), unit_of_work():
        reports.publish_report(report_id, by=by)
    frozen.move_to(until)
    with pytest.raises(ObjectionsUndecided), unit_of_work():
        reports.publish_report(report_id, by=by)


def test_a_month_that_is_not_over_has_no_report(
    sign_in_as: Callable[..., Any], frozen: time_machine.Traveller
) -> None:
    frozen.move_to("2026-11-23T02:00:00Z")
    manager = sign_in_as("hotline_manager")

    answer = manager.post("/figures/reports?kind=month&day=2026-11-01&by=unit")

    assert answer.location.startswith("/figures?")
    assert "还没有结束" in manager.get(answer.location).text


def test_a_unit_objects_to_a_figure_of_its_own_and_sees_that_no_answer_has_come(
    app: Flask, cast: Cast
) -> None:
    """The list began with a figure of the telephone, of which no unit has a number."""
    manager, unit = signed_in(app, cast.manager), signed_in(app, cast.unit)
    report_id = made_by(manager)
    manager.post(f"/figures/reports/{report_id}/open", data={"until": UNTIL})
    own = f"/figures/reports/{report_id}/mine"
    offered = re.findall(r'<option[^>]*value="(\w+)"', unit.get(own).text)
    assert "solution" in offered
    assert "connect" not in offered

    objections = f"/figures/reports/{report_id}/objections"
    other = unit.post(objections, data={"formula": "connect", "text": "不是我们接的"})
    assert other.status_code == 422
    assert "不是我们接的" in other.text
    unit.post(objections, data={"formula": "solution", "text": "该件属行政调解"})

    page = unit.get(own).text
    assert "待答复" in page
    assert 'href="/figures/reports/mine"' in page
    assert re.search(r'class="nav-item active">\s*<a[^>]*href="/figures/reports/mine"', page)


def test_an_answer_without_words_is_refused_beside_its_field(app: Flask, cast: Cast) -> None:
    manager, unit = signed_in(app, cast.manager), signed_in(app, cast.unit)
    report_id = made_by(manager)
    manager.post(f"/figures/reports/{report_id}/open", data={"until": UNTIL})
    objection = {"formula": "solution", "text": "该件属行政调解"}
    unit.post(f"/figures/reports/{report_id}/objections", data=objection)
    [made] = reports.objections_to(report_id)

    refused = manager.post(f"/figures/reports/objections/{made.id}/refuse", data={"text": " "})

    assert refused.status_code == 422
    assert f'id="text-{made.id}-error"' in refused.text
    assert "该件属行政调解" in refused.text
    assert manager.post("/figures/reports/objections/999/refuse", data={}).status_code == 404
