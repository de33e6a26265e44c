"""Who works for a contractor answers calls, and handles, judges and closes nothing (R28)."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts import contractors, service
from app.accounts.refusals import RoleNotForOutsourced
from app.core.database import db, unit_of_work
from app.core.permissions import NOT_FOR_CONTRACTORS, TABLE, Permission, Role, held_by
from app.handling import acting, dispatching, results, unit_parts, visiting
from app.handling.acting import Doer
from app.rules import rule_register
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import Actor, MoveNotYours
from tests import people
from tests.administration.keepers import errors_of, page, seen_in, send
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import make_cast, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

SignIn = Callable[..., PageClient]
BARRED = [role for role in Role if TABLE[role] & NOT_FOR_CONTRACTORS]
OTHERS = [role for role in Role if role not in BARRED]


def let_roles_decide() -> None:
    """Switch the rule off, as a city may from a moment on."""
    set_rule("outsourced_by_role")


def set_rule(word: str) -> None:
    with unit_of_work():
        rule_register.set_value("outsourced.handling", word, basis="试行", valid_from=None)


def smuggled(role: Role, sign_in_as: SignIn, **changes: object) -> PageClient:
    """Sign in who had such a role from before the rule; then the rule holds."""
    let_roles_decide()
    browser = sign_in_as(str(role), is_outsourced=True, **changes)
    set_rule("outsourced_barred")
    return browser


def test_no_role_lets_who_works_for_a_contractor_handle_judge_or_close() -> None:
    for role in Role:
        assert not held_by(role, is_outsourced=True) & NOT_FOR_CONTRACTORS
        assert held_by(role, is_outsourced=True) | NOT_FOR_CONTRACTORS >= TABLE[role]


def test_an_outsourced_agent_never_does_even_if_the_table_gave_it_to_him(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wide = TABLE[Role.OUTSOURCED_AGENT] | {Permission.TICKETS_AUDIT}
    monkeypatch.setitem(TABLE, Role.OUTSOURCED_AGENT, wide)

    assert Permission.TICKETS_AUDIT not in held_by(Role.OUTSOURCED_AGENT)


@pytest.mark.parametrize("role", BARRED, ids=str)
def test_each_page_that_handles_judges_or_closes_is_shut_to_him_whatever_his_role(
    role: Role, app: Flask, sign_in_as: SignIn
) -> None:
    browser = smuggled(role, sign_in_as, unit_id=None)
    tried = 0
    for rule in app.url_map.iter_rules():
        wanted = getattr(app.view_functions[rule.endpoint], "required_permission", None)
        if wanted not in NOT_FOR_CONTRACTORS & TABLE[role]:
            continue
        address = re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert browser.open(address, method=method).status_code == 403, rule.rule
            tried += 1

    # who supervises does it beside the ticket, on pages that others read too
    assert tried > 0 or role is Role.OVERSEER


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_on_no_ticket_does_he_act_as_more_than_an_agent(role: Role) -> None:
    cast = make_cast()
    ticket = get_ticket(play.handled(cast))

    for unit_id in (cast.lead, cast.second, cast.agent.unit_id):
        him = Doer(user_id=cast.outsourced.user_id, role=role, unit_id=unit_id, is_outsourced=True)
        assert acting.actors_of(him, ticket) <= {Actor.AGENT}


def contractor(like: Doer) -> Doer:
    return Doer(user_id=like.user_id, role=like.role, unit_id=like.unit_id, is_outsourced=True)


def test_each_act_of_handling_judging_and_closing_is_refused_to_him() -> None:
    cast = make_cast()
    waiting = play.open_one(cast)
    plan = dispatching.Plan(lead_unit_id=cast.lead)
    with pytest.raises(MoveNotYours):
        saved(dispatching.dispatch, waiting, plan, doer=contractor(cast.dispatcher))
    play.send(cast, waiting)
    with pytest.raises(Exception, match=r"not-your-part|ticket-move-not-yours"):
        saved(unit_parts.sign, waiting, doer=contractor(cast.unit))
    saved(unit_parts.sign, waiting, doer=cast.unit)
    play.reach(cast, waiting)
    new = results.NewResult(public_reply=play.REPLY, is_solved=True)
    with pytest.raises(MoveNotYours):
        saved(results.hand_in, waiting, new, doer=contractor(cast.unit))
    play.hand_in(cast, waiting)
    auditor = contractor(cast.auditor)
    with pytest.raises(MoveNotYours):
        saved(results.approve, waiting, doer=auditor)
    with pytest.raises(MoveNotYours):
        saved(results.send_back, waiting, "empty_words", doer=auditor)
    with pytest.raises(MoveNotYours):
        saved(results.close_unvisited, waiting, "not_suitable", doer=auditor)
    saved(results.approve, waiting, doer=cast.auditor)
    visit = visiting.NewVisit(
        way=visiting.VisitWay.PHONE,
        answers=visiting.Answers(is_solved=True, result_mark=5, attitude_mark=5),
        call_id=spoken.call(cast.visitor),
    )
    with pytest.raises(MoveNotYours):
        saved(visiting.visit, waiting, visit, doer=contractor(cast.visitor))
    play.ask(cast, waiting)
    with pytest.raises(MoveNotYours):
        saved(visiting.reopen, waiting, "再办", doer=contractor(cast.manager))


@pytest.mark.parametrize("role", BARRED, ids=str)
def test_such_a_role_is_not_given_to_him(role: Role) -> None:
    with pytest.raises(RoleNotForOutsourced):
        people.one_person(str(role), is_outsourced=True)


@pytest.mark.parametrize("role", OTHERS, ids=str)
def test_every_other_role_may_be_a_contractors(role: Role) -> None:
    made = people.one_person(str(role), is_outsourced=True)

    assert contractors.permissions_of(made) == TABLE[role]


def test_an_outsourced_agent_counts_as_a_contractors_without_a_word() -> None:
    assert people.one_person("outsourced_agent").is_outsourced
    assert not people.one_person("agent").is_outsourced


def form_of(browser: PageClient, user_id: int, **changes: str) -> dict[str, str]:
    html = page(browser, f"/administration/people/{user_id}")
    return {"seen": seen_in(html), "name": "外包话务", "unit_id": "0", **changes}


def test_the_role_is_refused_beside_its_field_and_nothing_typed_is_lost(
    sign_in_as: SignIn,
) -> None:
    him = people.one_person("outsourced_agent").id
    manager = sign_in_as("system_admin")

    answer = send(
        manager, f"/administration/people/{him}",
        **form_of(manager, him, role="dispatcher", is_outsourced="y", name="周某"),
    )  # fmt: skip

    assert answer.status_code == 422
    assert "外包人员可以接听来电" in errors_of(answer.text, "role")
    assert 'value="周某"' in answer.text
    db.session.rollback()
    assert service.get_person(him).role is Role.OUTSOURCED_AGENT


def test_who_was_hired_is_given_the_role_once_the_mark_is_gone(sign_in_as: SignIn) -> None:
    him = people.one_person("outsourced_agent").id
    manager = sign_in_as("system_admin")

    answer = send(
        manager, f"/administration/people/{him}", **form_of(manager, him, role="dispatcher")
    )

    assert answer.status_code == 302
    db.session.rollback()
    person = service.get_person(him)
    assert (person.role, person.is_outsourced) == (Role.DISPATCHER, False)


def test_who_has_such_a_role_is_not_marked_without_another_one(sign_in_as: SignIn) -> None:
    him = people.one_person("dispatcher").id
    manager = sign_in_as("system_admin")
    typed = form_of(manager, him, role="dispatcher", is_outsourced="y")

    answer = send(manager, f"/administration/people/{him}", **typed)

    assert "外包人员可以接听来电" in errors_of(answer.text, "role")


def test_nobody_takes_the_mark_off_himself(sign_in_as: SignIn) -> None:
    admin = sign_in_as("system_admin", is_outsourced=True)
    typed = form_of(admin, admin.person.id, role="system_admin")

    answer = send(admin, f"/administration/people/{admin.person.id}", **typed)

    assert answer.status_code == 409
    db.session.rollback()
    assert service.get_person(admin.person.id).is_outsourced


def test_a_new_person_is_refused_such_a_role_too(sign_in_as: SignIn) -> None:
    manager = sign_in_as("system_admin")
    typed = {
        "work_number": "7001", "name": "外包", "role": "dispatcher", "unit_id": "0",
        "is_outsourced": "y",
    }  # fmt: skip

    answer = send(manager, "/administration/people", **typed)

    assert "外包人员可以接听来电" in errors_of(answer.text, "role")
    assert service.find_by_work_number("7001") is None


def test_a_city_may_let_roles_decide_from_a_moment_on(sign_in_as: SignIn) -> None:
    let_roles_decide()
    browser = sign_in_as("dispatcher", is_outsourced=True)
    assert browser.get("/dispatch").status_code == 200

    set_rule("outsourced_barred")

    assert browser.get("/dispatch").status_code == 403
    assert browser.get("/tickets").status_code == 200


def test_the_rule_holds_where_a_city_never_said_anything(sign_in_as: SignIn) -> None:
    browser = smuggled(Role.DISPATCHER, sign_in_as)
    with unit_of_work():
        from_before = rule_register.read_book().history("outsourced.handling")
        assert from_before[-1].value == "outsourced_barred"

    assert browser.get("/dispatch").status_code == 403


def test_a_file_of_people_is_refused_at_the_cell_that_gives_him_such_a_role(
    sign_in_as: SignIn,
) -> None:
    him = people.one_person("outsourced_agent", work_number="7002")
    manager = sign_in_as("system_admin")
    rows = f"工号,姓名,角色\n7002,{him.name},派单员\n"

    answer = manager.post(
        "/administration/people/import",
        data={"sheet": (io.BytesIO(rows.encode()), "people.csv")},
        content_type="multipart/form-data",
        headers={"Accept": "text/html"},
    )

    assert "外包人员不能担任这个角色" in answer.text
