"""What makes a password good enough."""

import pytest

from app.accounts.password_policy import Weakness, weakness_of


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("Aa1-Aa1-Aa", None),
        ("Aa1-Aa1-A", Weakness.TOO_SHORT),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.TOO_PLAIN),
        ("Aaaaaaaaaaaa", Weakness.TOO_PLAIN),
        ("Aaaaaaaaaaa1", None),
        ("aaaaaaaaaa1!", None),
        ("一二三四五六七八九十aA", None),
        ("My-70011-word", Weakness.HOLDS_WORK_NUMBER),
        ("Aa1-" * 40, Weakness.TOO_LONG),
        ("", Weakness.TOO_SHORT),
    ],
)
def test_a_password_is_weighed(password: str, weakness: Weakness | None) -> None:
    assert weakness_of(password, work_number="70011") is weakness
