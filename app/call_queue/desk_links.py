"""The pages at which agents sit: opened, renewed while they answer, closed."""

from collections.abc import Callable, Mapping

from sqlalchemy import delete, select, update

from app.accounts import service as accounts
from app.call_queue import deadlines, presences
from app.call_queue.events import DeskOpened
from app.call_queue.models import DeskLink, Presence
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import NotReadyReason, PresenceState
from app.call_queue.presences import Move
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given

_OPEN = select(Presence.phone).where(Presence.agent_id.in_(select(DeskLink.agent_id)))


def open_desk(agent_id: int, *, link_id: str, takes_calls: bool = True) -> Presence:
    """A desk page connected: the agent is there, and back to what he was if he was cut off.

    A supervisor's board with his phone connects too, and takes no calls.
    """
    person = accounts.get_person(agent_id)
    presence = presences.open_presence(agent_id, phone=person.work_number)
    presence.phone = person.work_number
    at = clock.now()
    was_open = presences.has_page(agent_id)
    db.session.merge(
        DeskLink(
            link_id=link_id,
            agent_id=agent_id,
            opened_at=at,
            lease_until=at + given(QueuePolicy).link_lease,
            takes_calls=takes_calls,
        )
    )
    db.session.flush()
    if not was_open:
        publish(DeskOpened(agent_id=agent_id, phone=presence.phone))
    if presence.state is PresenceState.SIGNED_OUT or (
        takes_calls and presence.reason == NotReadyReason.AT_BOARD
    ):
        _begin_day(presence, takes_calls=takes_calls)
    elif presence.state is PresenceState.LINK_LOST:
        presences.settle(presence)
    return presence


def renew_links(
    links: Mapping[str, int],
    *,
    is_there: Callable[[str], bool] = lambda _link_id: True,
    takes_calls: bool = True,
) -> list[str]:
    """These pages (link → agent) answered just now: their leases run on.

    A page whose lease ran out while it was connected (the database or the process stood still for
    a while) gets its desk back: nobody is left in front of a page that no call can reach. Not one
    that closed meanwhile: `is_there` is asked now. Returns the links whose desks were opened anew;
    a page may close while this is saved.
    """
    until = clock.now() + given(QueuePolicy).link_lease
    db.session.execute(
        update(DeskLink).where(DeskLink.link_id.in_(links)).values(lease_until=until)
    )
    held = select(DeskLink.link_id).where(DeskLink.link_id.in_(links))
    lacking = sorted(set(links) - set(db.session.execute(held).scalars()))
    opened = [link_id for link_id in lacking if is_there(link_id)]
    for link_id in opened:
        open_desk(links[link_id], link_id=link_id, takes_calls=takes_calls)
    return opened


def close_desk(link_id: str) -> None:
    """A desk page went away."""
    link = db.session.get(DeskLink, link_id)
    if link is None:
        return
    agent_id = link.agent_id
    db.session.delete(link)
    db.session.flush()
    deadlines.after_link_gone(agent_id)


def drop_all_links() -> None:
    """Forget every desk link: the one web process has just started, no page can be connected."""
    agent_ids = set(db.session.execute(select(DeskLink.agent_id)).scalars())
    db.session.execute(delete(DeskLink))
    for agent_id in agent_ids:
        deadlines.after_link_gone(agent_id)


def open_desks() -> list[str]:
    """Return the phones of the agents whose desk page is connected."""
    return list(db.session.execute(_OPEN).scalars())


def _begin_day(presence: Presence, *, takes_calls: bool) -> None:
    """The first desk since the sign-in: what was left unfinished comes before new calls."""
    presence.next_state = presence.next_reason = None
    if presence.call_id is not None:
        step = Move(to=PresenceState.NOT_READY, reason=NotReadyReason.RECORD_UNFINISHED)
    elif not takes_calls:
        step = Move(to=PresenceState.NOT_READY, reason=NotReadyReason.AT_BOARD)
    elif given(QueuePolicy).is_ready_at_sign_in:
        step = Move(to=PresenceState.READY)
    else:
        step = Move(to=PresenceState.NOT_READY, reason=NotReadyReason.SIGNED_IN)
    presences.move(presence, step)
