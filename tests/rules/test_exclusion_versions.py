"""What may name a kind of matter that is not taken up."""

import pytest

from app.rules.exclusion_versions import UnfitExclusionCode, check_code


@pytest.mark.parametrize("code", ["", "x1", "1X", "X 1", "X123456789", "Ｘ1"])
def test_a_code_is_one_that_records_can_name_for_good(code: str) -> None:
    with pytest.raises(UnfitExclusionCode):
        check_code(code)
