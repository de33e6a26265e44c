import pytest

from app.channels.registrable_numbers import (
    EmergencyNumber,
    NotAPublicNumber,
    check_registrable,
)


@pytest.mark.parametrize("number", ["110", "112", "119", "120", "122", "999", "12395", "12119"])
def test_an_emergency_number_is_never_a_legacy_number(number: str) -> None:
    with pytest.raises(EmergencyNumber) as refused:
        check_registrable(number)

    assert refused.value.code == "emergency-number"
    assert refused.value.parameters == {"number": number}


@pytest.mark.parametrize(
    "number", ["", "12", "1231a", "+8612315", "１２３１５", "1" * 17, "12 315"]
)
def test_what_is_not_a_public_number_is_refused(number: str) -> None:
    with pytest.raises(NotAPublicNumber):
        check_registrable(number)


@pytest.mark.parametrize("number", ["12345", "12315", "96119", "07623333333"])
def test_a_public_number_may_be_registered(number: str) -> None:
    check_registrable(number)
