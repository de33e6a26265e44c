"""Whoever opened a ticket at any desk of the chain stands in the log of looks (domain rules 1.13).

A ticket reached the neighbour it was about within minutes, and every unit could deny it.
"""

from sqlalchemy import select

from app.core.database import db
from app.handling import attachments
from app.privacy.looks import Deed
from app.privacy.models import PersonalView
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.privacy.test_a_ticket_is_shown import SignIn
from tests.ticket_desks.browsers import Desks
from tests.ticket_desks.pictures import photo


def looks(*browsers: PageClient) -> list[tuple[str, Deed]]:
    """Return what these people saw, oldest first."""
    db.session.rollback()
    ids = [each.person.id for each in browsers]
    asked = select(PersonalView).where(PersonalView.viewer_id.in_(ids)).order_by(PersonalView.id)
    return [(each.subject_name, each.deed) for each in db.session.scalars(asked)]


def test_every_desk_keeps_who_opened_a_ticket_there(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)
    number = get_ticket(ticket_id).number
    dispatcher, agent = desks.at("dispatcher"), desks.at("agent")
    assert dispatcher.get(f"/dispatch/{ticket_id}").status_code == 200
    assert agent.get(f"/follow-ups/{ticket_id}").status_code == 200
    play.take_in_hand(cast, ticket_id)
    unit = desks.at("city_liaison", "urban-management")
    assert unit.get(f"/unit/tickets/{ticket_id}").status_code == 200
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    auditor = desks.at("dispatcher")
    assert auditor.get(f"/audit-results/{ticket_id}").status_code == 200
    saved(play.results.approve, ticket_id, doer=cast.auditor)
    visitor = desks.at("return_visitor")
    assert visitor.get(f"/visits/{ticket_id}").status_code == 200

    for browser in (dispatcher, agent, unit, auditor, visitor):
        assert looks(browser) == [(number, Deed.OPENED)]


def test_a_county_dispatcher_is_kept_too_and_who_is_refused_saw_nothing(
    cast: Cast, desks: Desks
) -> None:
    county = play.organisation.find_unit_by_code("county-441602").id
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=county)
    own, other = desks.at("county_dispatcher", "county-441602"), desks.at("city_liaison", "housing")
    assert own.get(f"/county-dispatch/{ticket_id}").status_code == 200
    assert other.get(f"/unit/tickets/{ticket_id}").status_code == 404

    assert len(looks(own)) == 1
    assert looks(other) == []


def test_whoever_takes_a_file_of_a_ticket_takes_something_out(
    cast: Cast, desks: Desks, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast)
    new = attachments.NewFile(
        kind=attachments.AttachmentKind.HANDLING, name="灯.jpg", content=photo()
    )
    [file] = saved(attachments.attach, ticket_id, attachments.check([new]), doer=cast.unit)
    file_id = file.id
    unit = sign_in_as("city_liaison", unit_id=cast.lead)
    dispatcher = desks.at("dispatcher")
    assert unit.get(f"/unit/tickets/{ticket_id}/files/{file_id}").status_code == 200
    assert dispatcher.get(f"/tickets/{ticket_id}/files/{file_id}").status_code == 200

    assert [deed for _name, deed in looks(unit, dispatcher)] == [Deed.EXPORTED] * 2
