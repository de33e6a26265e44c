"""What finished tickets teach the gazetteer: addresses that its county confirms or rejects."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.organisation import gazetteer, service
from app.organisation.events import PlaceProposalRejected
from app.organisation.models import GazetteerPlace, PlaceProposal
from app.organisation.place_ranking import learnable
from app.organisation.place_words import NotYourCounty, PlaceWords, UnknownPlace
from app.organisation.proposal_states import ProposalState, check_open
from app.organisation.region_units import running_region
from app.organisation.service import SHORTEST_ADDRESS

PER_PAGE = 30


def learn_from_finished(
    county_code: str, town_code: str | None, address: str, at: datetime
) -> bool:
    """Propose the address of a finished ticket to the county that runs it; return whether it did.

    Building, unit and room are left out; what holds a telephone number is no address; what the
    gazetteer has is not proposed again, and what a county rejected stays rejected. Whoever calls
    leaves confidential tickets out.
    """
    owner = running_region(county_code, town_code)
    learnt = learnable(address, shortest=SHORTEST_ADDRESS)
    if not owner or not learnt or _is_known(county_code, town_code or "", learnt):
        return False
    dialect = db.session.get_bind().dialect.name
    put = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = put(PlaceProposal).values(
        county_code=county_code,
        town_code=town_code or "",
        owner_code=owner,
        address=learnt,
        times=1,
        last_at=at,
        state=ProposalState.OPEN,
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["county_code", "town_code", "address"],
            set_={"times": PlaceProposal.times + 1, "last_at": at},
        )
    )
    return True


def open_proposals(*, keeper: str | None, page: int = 1) -> Page[PlaceProposal]:
    """Return what waits for this county's word (None: every county's), the most used first."""
    asked = select(PlaceProposal).where(PlaceProposal.state == ProposalState.OPEN)
    if keeper is not None:
        asked = asked.where(PlaceProposal.owner_code == keeper)
    return page_of(
        asked.order_by(PlaceProposal.times.desc(), PlaceProposal.last_at.desc(), PlaceProposal.id),
        page=page,
        per_page=PER_PAGE,
    )


def count_open(*, keeper: str | None) -> int:
    """Return how many wait."""
    asked = select(func.count()).where(PlaceProposal.state == ProposalState.OPEN)
    if keeper is not None:
        asked = asked.where(PlaceProposal.owner_code == keeper)
    return int(db.session.scalar(asked) or 0)


def get_proposal(proposal_id: int, *, keeper: str | None) -> PlaceProposal:
    """Return a proposal to the county that decides. Raises UnknownPlace."""
    proposal = db.session.get(PlaceProposal, proposal_id)
    if proposal is None or (keeper is not None and proposal.owner_code != keeper):
        raise UnknownPlace
    return proposal


def confirm(
    proposal_id: int, words: PlaceWords, *, keeper: str | None, by: int | None = None
) -> GazetteerPlace:
    """Take a proposal into the gazetteer under the words that the county gives it.

    Raises UnknownPlace, ProposalDecided and what `gazetteer.add_place` raises.
    """
    proposal = _waiting(proposal_id, keeper)
    if running_region(words.county_code, words.town_code) != proposal.owner_code:
        raise NotYourCounty(field="town_code")
    place = gazetteer.add_place(words, keeper=keeper, by=by)
    proposal.state, proposal.place_id = ProposalState.CONFIRMED, place.id
    proposal.decided_at = clock.now()
    return place


def reject(proposal_id: int, *, keeper: str | None, by: int | None = None) -> None:
    """Say that an address is no place of the gazetteer. Raises UnknownPlace, ProposalDecided."""
    proposal = _waiting(proposal_id, keeper)
    proposal.state, proposal.decided_at = ProposalState.REJECTED, clock.now()
    path = service.region_path(proposal.town_code or proposal.county_code)
    publish(
        PlaceProposalRejected(
            proposal_id=proposal.id, place=f"{path} {proposal.address}", rejected_by=by
        )
    )


def _waiting(proposal_id: int, keeper: str | None) -> PlaceProposal:
    get_proposal(proposal_id, keeper=keeper)
    proposal = db.session.get_one(PlaceProposal, proposal_id, with_for_update=True)
    check_open(proposal.state)
    return proposal


def _is_known(county_code: str, town_code: str, address: str) -> bool:
    """Say whether a name of the gazetteer stands in this address already."""
    asked = select(GazetteerPlace).where(
        GazetteerPlace.retired_at.is_(None),
        GazetteerPlace.town_code == town_code
        if town_code
        else or_(
            GazetteerPlace.county_code == county_code, GazetteerPlace.owner_code == county_code
        ),
    )
    typed = address.lower()
    return any(
        name and name in typed
        for place in db.session.scalars(asked)
        for name in place.searched.split("\n")
    )
