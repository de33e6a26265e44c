"""What finished tickets teach the gazetteer, and how its county decides."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import unit_of_work
from app.organisation import gazetteer, place_proposals, service
from app.organisation.models import PlaceProposal
from app.organisation.place_words import NotYourCounty, PlaceKind, PlaceWords, UnknownPlace
from app.organisation.proposal_states import ProposalDecided, ProposalState

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

LONGCHUAN, LIANPING, ZIJIN, AREA = "441622", "441623", "441621", "FA-JD"
LONGCHUAN_TOWN, LIANPING_TOWN, LINJIANG = "441622127", "441623101", "441621109"


def learn(address: str, county: str = LIANPING, town: str | None = LIANPING_TOWN) -> bool:
    with unit_of_work():
        return place_proposals.learn_from_finished(county, town, address, clock.now())


def waiting(keeper: str | None = None) -> list[PlaceProposal]:
    return list(place_proposals.open_proposals(keeper=keeper).items)


def village(name: str, county: str = LIANPING, town: str = LIANPING_TOWN) -> PlaceWords:
    return PlaceWords(
        kind=PlaceKind.VILLAGE, name=name, other_names=(), county_code=county, town_code=town
    )


def test_an_address_of_a_finished_ticket_waits_for_its_county_and_counts_how_often() -> None:
    assert learn("新镇村文化广场3栋201室")
    assert learn("新镇村文化广场")

    [proposal] = waiting(LIANPING)
    assert (proposal.address, proposal.times, proposal.owner_code) == (
        "新镇村文化广场", 2, LIANPING,
    )  # fmt: skip
    assert waiting(LONGCHUAN) == []
    assert place_proposals.count_open(keeper=None) == 1


def test_towns_of_one_name_propose_each_to_its_own_county() -> None:
    learn("新镇村")
    learn("新镇村", LONGCHUAN, LONGCHUAN_TOWN)

    assert [each.county_code for each in waiting(LIANPING)] == [LIANPING]
    assert [each.county_code for each in waiting(LONGCHUAN)] == [LONGCHUAN]


def test_a_town_run_by_another_body_proposes_to_that_body() -> None:
    learn("梧峰村", ZIJIN, LINJIANG)

    assert [each.address for each in waiting(AREA)] == ["梧峰村"]
    assert waiting(ZIJIN) == []


@pytest.mark.parametrize(
    ("address", "county", "town"),
    [
        ("村", LIANPING, LIANPING_TOWN), ("", LIANPING, LIANPING_TOWN),
        ("打 13900002817 问路", LIANPING, LIANPING_TOWN), ("3栋201室", LIANPING, LIANPING_TOWN),
        ("新镇村", "441600", None), ("新镇村", "", None), ("新镇村", "nowhere", "nowhere"),
    ],
)  # fmt: skip
def test_what_is_no_address_or_lies_nowhere_is_not_learnt(
    address: str, county: str, town: str | None
) -> None:
    assert not learn(address, county, town)
    assert waiting() == []


def test_what_the_gazetteer_has_is_not_proposed() -> None:
    with unit_of_work():
        place = gazetteer.add_place(village("新镇村"), keeper=LIANPING)
        place_id = place.id

    assert not learn("新镇村委会旁")
    assert learn("旧镇村委会旁")
    assert learn("新镇村委会旁", LONGCHUAN, LONGCHUAN_TOWN)  # the other 上坪镇
    with unit_of_work():
        gazetteer.retire_place(place_id, keeper=LIANPING)
    assert learn("新镇村委会旁")


def test_a_county_confirms_a_proposal_under_its_proper_name_and_agents_are_offered_it() -> None:
    learn("新镇村那个广场")
    [proposal] = waiting()
    with unit_of_work():
        place_proposals.confirm(proposal.id, village("新镇文化广场"), keeper=LIANPING)

    assert waiting() == []
    decided = place_proposals.get_proposal(proposal.id, keeper=None)
    assert decided.state is ProposalState.CONFIRMED
    found = service.known_places("文化广场", at=clock.now())
    assert [each.address for each in found] == ["新镇文化广场"]


def test_what_a_county_rejects_is_not_proposed_again() -> None:
    learn("半路上")
    [proposal] = waiting()
    with unit_of_work():
        place_proposals.reject(proposal.id, keeper=LIANPING)
    learn("半路上")

    assert waiting() == []


def test_a_proposal_is_decided_once_and_by_its_own_county() -> None:
    learn("新镇村")
    [proposal] = waiting()
    refused: list[tuple[type[Exception], Any]] = [
        (UnknownPlace, {"keeper": LONGCHUAN}), (UnknownPlace, {"keeper": ""}),
    ]  # fmt: skip
    for wrong, who in refused:
        with pytest.raises(wrong), unit_of_work():
            place_proposals.reject(proposal.id, **who)
    with pytest.raises(NotYourCounty), unit_of_work():
        place_proposals.confirm(
            proposal.id, village("新镇村", LONGCHUAN, LONGCHUAN_TOWN), keeper=None
        )
    with unit_of_work():
        place_proposals.reject(proposal.id, keeper=LIANPING)
    with pytest.raises(ProposalDecided), unit_of_work():
        place_proposals.confirm(proposal.id, village("新镇村"), keeper=LIANPING)


def test_the_most_used_proposals_come_first() -> None:
    learn("甲村口", LIANPING, LIANPING_TOWN)
    for _ in range(3):
        learn("乙村口")

    assert [each.address for each in waiting()] == ["乙村口", "甲村口"]
    assert waiting()[0].last_at > clock.now() - timedelta(minutes=1)
