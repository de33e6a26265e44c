from dataclasses import replace

import pytest

from app.calls.call_states import CallState
from app.calls.reconciliation import (
    CITIZEN_RINGS,
    COMPARED_PLACES,
    HELD_FOR_ANOTHER,
    PLACES,
    TALKING_OUTSIDE,
    DifferenceKind,
    LedgerCall,
    StandingCall,
    compare,
    disagreements,
    phone_disagreements,
)
from telephony.events import Place


def test_a_call_the_exchange_still_has_is_told_again() -> None:
    difference = compare([LedgerCall("boot1", "a")], ["a", "b"], boot_id="boot1")

    assert difference.up == {"a", "b"}
    assert difference.gone == frozenset()


def test_a_call_the_exchange_no_longer_has_is_gone() -> None:
    difference = compare([LedgerCall("boot1", "a")], [], boot_id="boot1")

    assert difference.gone == {LedgerCall("boot1", "a")}


def test_an_exchange_that_started_anew_has_none_of_the_old_calls_even_under_the_same_key() -> None:
    difference = compare([LedgerCall("boot1", "a")], ["a"], boot_id="boot2")

    assert difference.gone == {LedgerCall("boot1", "a")}


# --- while the link holds -------------------------------------------------------------------------


def standing(standing: str, *, key: str = "a", mark: str = "1", boot: str = "b") -> StandingCall:
    return StandingCall(call_key=key, boot_id=boot, standing=standing, mark=mark)


def kinds(ledger: list[StandingCall], live: list[StandingCall]) -> dict[str, DifferenceKind]:
    return {one.subject: one.kind for one in disagreements(ledger, live)}


def test_a_call_nobody_told_us_of_and_one_whose_end_we_missed_are_differences() -> None:
    assert kinds([standing("waiting", key="over")], [standing("queue", key="new")]) == {
        "over": DifferenceKind.MISSING_AT_EXCHANGE,
        "new": DifferenceKind.MISSING_IN_LEDGER,
    }


def test_the_same_key_in_another_life_of_the_exchange_is_another_call() -> None:
    found = disagreements([standing("waiting", boot="1")], [standing("queue", boot="2")])

    assert {one.kind for one in found} == {
        DifferenceKind.MISSING_AT_EXCHANGE,
        DifferenceKind.MISSING_IN_LEDGER,
    }


@pytest.mark.parametrize(
    ("state", "place"),
    [("waiting", "queue"), ("ringing", "ringing"), ("talking", "talking"), ("alone", "alone"),
     ("reconnecting", "kept"), ("reconnecting", "queue"), ("reconnecting", "ringing"),
     ("held", "held"), ("calling", "ringing"), ("transferring", "held_for_another"),
     ("handed_over", "talking_outside"), ("citizen_rings", "called"),
     ("intake", "intake"), ("intake", "forwarded"), ("something-new", "queue")],
)  # fmt: skip
def test_what_agrees_or_cannot_be_compared_is_no_difference(state: str, place: str) -> None:
    assert kinds([standing(state)], [standing(place)]) == {}


@pytest.mark.parametrize(
    ("state", "place"),
    [("waiting", "talking"), ("talking", "queue"), ("talking", "kept"), ("ringing", "queue"),
     ("alone", "queue"), ("waiting", "alone"), ("reconnecting", "talking"),
     ("talking", "held"), ("held", "talking"), ("calling", "talking"), ("held", "held_for_another"),
     ("talking", "talking_outside"), ("intake", "queue"), ("intake", "talking"),
     ("intake", "alone")],
)  # fmt: skip
def test_a_caller_elsewhere_is_a_difference(state: str, place: str) -> None:
    assert kinds([standing(state)], [standing(place)]) == {"a": DifferenceKind.OTHER_PLACE}


def test_a_difference_seen_again_is_the_same_only_if_nothing_was_heard_in_between() -> None:
    first = disagreements([standing("waiting", mark="1")], [standing("talking")])

    assert first == disagreements([standing("waiting", mark="1")], [standing("talking")])
    assert first != disagreements([standing("waiting", mark="2")], [standing("talking")])


def test_every_place_in_the_table_is_a_place_of_the_port_and_every_state_one_of_ours() -> None:
    assert set(PLACES) <= {state.value for state in CallState} | {CITIZEN_RINGS}
    without_agent = {HELD_FOR_ANOTHER, TALKING_OUTSIDE}
    assert {place.value for place in Place} | without_agent >= COMPARED_PLACES


def test_of_one_call_the_gravest_difference_is_told() -> None:
    ours = replace(standing("talking"), agent="1006", parties=frozenset({"p1 rings"}))
    theirs = replace(ours, agent="1007", parties=frozenset(), supervision=frozenset({"1001 barge"}))

    assert kinds([ours], [theirs]) == {"a": DifferenceKind.OTHER_AGENT}
    theirs = replace(theirs, agent="1006")
    assert kinds([ours], [theirs]) == {"a": DifferenceKind.PARTIES}
    theirs = replace(theirs, parties=ours.parties)
    assert kinds([ours], [theirs]) == {"a": DifferenceKind.SUPERVISION}
    assert kinds([ours], [replace(theirs, standing="held")]) == {"a": DifferenceKind.OTHER_PLACE}


def test_phones_differ_by_being_there_and_by_their_address() -> None:
    found = phone_disagreements({"1": "sip:a", "2": "sip:b"}, {"2": "sip:c", "3": "sip:d"})

    assert {(one.subject, one.ledger_says, one.exchange_says) for one in found} == {
        ("1", "sip:a", ""),
        ("2", "sip:b", "sip:c"),
        ("3", "", "sip:d"),
    }
