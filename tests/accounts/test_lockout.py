"""Five wrong passwords in a row lock an account for a quarter of an hour."""

from datetime import UTC, datetime, timedelta

from app.accounts.lockout import Tries, after_failure, is_locked, minutes_left

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failed(times: int, tries: Tries | None = None) -> Tries:
    tries = tries or Tries()
    for _ in range(times):
        tries = after_failure(tries, at=TEN)
    return tries


def test_four_wrong_passwords_do_not_lock() -> None:
    assert not is_locked(failed(4), at=TEN)


def test_the_fifth_wrong_password_locks_for_fifteen_minutes() -> None:
    tries = failed(5)

    assert is_locked(tries, at=TEN)
    assert is_locked(tries, at=TEN + 15 * MINUTE - timedelta(seconds=1))
    assert not is_locked(tries, at=TEN + 15 * MINUTE)


def test_guessing_on_does_not_lengthen_the_lock() -> None:
    assert failed(50) == failed(5)


def test_after_a_lock_there_are_five_new_tries() -> None:
    later = TEN + 16 * MINUTE

    tries = failed(5)
    for _ in range(4):
        tries = after_failure(tries, at=later)
        assert not is_locked(tries, at=later)
    assert is_locked(after_failure(tries, at=later), at=later)


def test_the_minutes_told_are_rounded_up() -> None:
    tries = failed(5)

    assert minutes_left(tries, at=TEN) == 15
    assert minutes_left(tries, at=TEN + timedelta(seconds=1)) == 15
    assert minutes_left(tries, at=TEN + 14 * MINUTE + timedelta(seconds=59)) == 1
    assert minutes_left(tries, at=TEN + 15 * MINUTE) == 0
    assert minutes_left(Tries(), at=TEN) == 0
