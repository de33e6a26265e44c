from app.calls.reconciliation import LedgerCall, compare


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
