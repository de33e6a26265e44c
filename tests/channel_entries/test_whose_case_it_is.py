"""What a unit entered is not everybody's there: not what is confidential, nor about itself."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.core.database import db
from app.privacy.models import PersonalView
from tests.administration.keepers import HTML, page, send
from tests.channel_entries.clerks import (
    CASES,
    all_tickets,
    clerk_of,
    enter,
    form,
    load_channels,
)
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

SignIn = Callable[..., PageClient]
UNIT = "culture-tourism"
NAME, NUMBER = "陈启航", "13912342817"
REPORT = {
    "request_type": "report",
    "title": "陈启航举报景区收费",
    "content": "景区乱收费，我住翡翠湖畔十七栋1704房",
    "category_code": "1602",
    "address": "翡翠湖畔",
    "occurred": "上周",
    "respondent": "某景区",
    "demand": "查处",
}


def test_who_opens_the_form_to_correct_a_case_stands_in_the_log_under_a_watermark(
    clerk: PageClient,
) -> None:
    case = enter(clerk).location
    draft = enter(clerk, act="draft").location
    mark = 'data-testid="watermark"'

    correction, unfinished = page(clerk, f"{case}/correct"), page(clerk, draft)

    for html in (correction, unfinished):
        assert NAME in html
        assert NUMBER in html
        assert mark in html
    [look] = db.session.scalars(select(PersonalView))
    assert (look.viewer_id, look.subject_id) == (clerk.person.id, all_tickets()[0].id)
    assert (look.deed.value, look.is_unmasked) == ("opened", True)


@pytest.fixture
def clerk(sign_in_as: SignIn) -> PageClient:
    """Load the channels and sign in who enters cases for the bureau of culture and tourism."""
    load_channels()
    return clerk_of(sign_in_as, UNIT)


def test_a_confidential_case_is_whole_for_who_entered_it_and_hidden_from_his_colleagues(
    clerk: PageClient, sign_in_as: SignIn
) -> None:
    address = enter(clerk, **REPORT).location
    assert NAME in page(clerk, address)

    colleague = clerk_of(sign_in_as, UNIT)
    shown = page(colleague, address) + page(colleague, CASES)
    for secret in (NAME, "2817", "1704", "翡翠湖畔"):
        assert secret not in shown
    assert colleague.get(f"{address}/correct", headers=HTML).status_code == 404
    assert send(colleague, f"{address}/correct", **form()).status_code == 404
    assert NAME not in page(clerk, CASES)  # a list lies open on a desk


def test_an_ordinary_case_is_everybodys_at_the_unit(clerk: PageClient, sign_in_as: SignIn) -> None:
    address = enter(clerk).location

    colleague = clerk_of(sign_in_as, UNIT)
    assert "万绿湖门票" in page(colleague, address)
    assert colleague.get(f"{address}/correct", headers=HTML).status_code == 200


def test_a_complaint_about_the_unit_itself_is_not_there_for_who_has_not_entered_it(
    clerk: PageClient, sign_in_as: SignIn
) -> None:
    about = {**REPORT, "request_type": "complaint", "respondent": "文化广电旅游体育局"}
    address = enter(clerk, **about).location
    [ticket] = all_tickets()
    assert ticket.respondent_unit_id is not None
    assert clerk.get(address, headers=HTML).status_code == 200

    colleague = clerk_of(sign_in_as, UNIT)
    assert colleague.get(address, headers=HTML).status_code == 404
    assert ticket.number not in page(colleague, CASES)
    assert send(colleague, f"{address}/correct", **form()).status_code == 404


def test_a_draft_of_a_report_is_its_writers_alone(clerk: PageClient, sign_in_as: SignIn) -> None:
    address = enter(clerk, act="draft", **REPORT).location
    assert NUMBER in page(clerk, address)

    colleague = clerk_of(sign_in_as, UNIT)
    assert colleague.get(address, headers=HTML).status_code == 404
    assert send(colleague, address, **form()).status_code == 404
    assert NAME not in page(colleague, CASES)


def test_who_opened_a_case_is_kept(clerk: PageClient, sign_in_as: SignIn) -> None:
    address = enter(clerk).location
    colleague = clerk_of(sign_in_as, UNIT)
    page(colleague, address)

    db.session.rollback()
    [ticket] = all_tickets()
    seen = db.session.scalars(select(PersonalView)).all()
    assert [(each.viewer_id, each.subject_name) for each in seen] == [
        (colleague.person.id, ticket.number)
    ]
