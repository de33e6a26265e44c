"""Six digits are right for a moment, once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.accounts.second_step import enrolment_address, matching_step, new_secret

NOON = datetime(2026, 11, 23, 4, 0, 5, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_A_MINUTE = timedelta(seconds=30)


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_telephone_may_be_half_a_minute_off(off: int) -> None:
    code = code_at(NOON + off * HALF_A_MINUTE)

    assert matching_step(SECRET, code, at=NOON, last_step=0)


@pytest.mark.parametrize("off", [-2, 2])
def test_a_minute_off_is_too_much(off: int) -> None:
    code = code_at(NOON + off * HALF_A_MINUTE)

    assert matching_step(SECRET, code, at=NOON, last_step=0) is None


def test_a_used_code_opens_nothing_again_and_neither_does_an_older_one() -> None:
    code = code_at(NOON)
    step = matching_step(SECRET, code, at=NOON, last_step=0)
    assert step

    assert matching_step(SECRET, code, at=NOON, last_step=step) is None
    earlier = code_at(NOON - HALF_A_MINUTE)
    assert matching_step(SECRET, earlier, at=NOON, last_step=step) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34"])
def test_what_is_not_six_digits_is_wrong(code: str) -> None:
    assert matching_step(SECRET, code, at=NOON, last_step=0) is None


def test_a_space_between_the_digits_does_not_matter() -> None:
    code = code_at(NOON)

    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", at=NOON, last_step=0)


def test_code_apps_learn_whose_code_it_is() -> None:
    address = enrolment_address(new_secret(), work_number="1006", issuer="12345 热线")

    assert address.startswith("otpauth://totp/")
    assert "1006" in address
