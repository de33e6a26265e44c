"""Choices of filters that people keep under a name; one of them may be what their list opens with.

A shared one is everybody's to open and its owner's to change; what each reader may see of its
tickets is decided when he opens it.
"""

from sqlalchemy import or_, select, update

from app.core import clock
from app.core.database import db
from app.tickets.list_wanted import TicketsWanted, wanted_from
from app.tickets.models import TicketView
from app.tickets.refusals import NoSuchView, TooManyViews

MOST_VIEWS = 50


def views_of(person_id: int) -> list[TicketView]:
    """Return a person's own views and the shared ones, his own first."""
    wanted = select(TicketView).where(or_(TicketView.owner_id == person_id, TicketView.is_shared))
    is_others = TicketView.owner_id != person_id
    return list(db.session.scalars(wanted.order_by(is_others, TicketView.name, TicketView.id)))


def view_for(view_id: int, *, person_id: int) -> TicketView:
    """Return a view that somebody may open; raises NoSuchView."""
    view = db.session.get(TicketView, view_id)
    if view is None or not (view.is_shared or view.owner_id == person_id):
        raise NoSuchView
    return view


def wanted_by(view: TicketView) -> TicketsWanted:
    """Return what a view chooses."""
    return wanted_from(view.chosen)


def first_view_of(person_id: int) -> TicketView | None:
    """Return what a person's list opens with, or None."""
    wanted = select(TicketView).where(TicketView.owner_id == person_id, TicketView.is_first)
    return db.session.scalar(wanted)


def save_view(
    wanted: TicketsWanted, *, name: str, owner_id: int, is_shared: bool, is_first: bool
) -> TicketView:
    """Keep a choice under a name; the same name again is the same view, changed.

    Raises TooManyViews.
    """
    own = [each for each in views_of(owner_id) if each.owner_id == owner_id]
    view = next((each for each in own if each.name == name), None)
    if view is None:
        if len(own) >= MOST_VIEWS:
            raise TooManyViews(field="name", most=MOST_VIEWS)
        view = TicketView(owner_id=owner_id, name=name, is_first=False)
        db.session.add(view)
    view.chosen, view.is_shared, view.saved_at = wanted.as_query(), is_shared, clock.now()
    db.session.flush()
    if is_first:
        open_with(view.id, owner_id=owner_id)
    elif view.is_first:
        open_with(None, owner_id=owner_id)
    return view


def open_with(view_id: int | None, *, owner_id: int) -> None:
    """Let a person's list open with one of his own views, or with none; raises NoSuchView."""
    if view_id is not None and view_for(view_id, person_id=owner_id).owner_id != owner_id:
        raise NoSuchView
    own = update(TicketView).where(TicketView.owner_id == owner_id)
    db.session.execute(own.values(is_first=False))
    if view_id is not None:
        db.session.execute(own.where(TicketView.id == view_id).values(is_first=True))


def remove_view(view_id: int, *, owner_id: int) -> str:
    """Remove one of a person's own views; return its name. Raises NoSuchView."""
    view = view_for(view_id, person_id=owner_id)
    if view.owner_id != owner_id:
        raise NoSuchView
    db.session.delete(view)
    return view.name
