"""A moment of a year that nobody means is refused beside its field, and what was typed stays."""

from collections.abc import Callable

import pytest

from tests.administration.keepers import HTML, errors_of
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "1899-12-31T23:59", "9999-12-31T23:59"])
def test_a_rule_from_a_year_that_nobody_means_is_refused_at_its_moment(
    sign_in_as: Callable[..., PageClient], typed: str
) -> None:
    given = {"value": "3wd", "basis": "市热线办通知", "valid_from": typed}

    answer = sign_in_as("hotline_manager").post(
        "/administration/rules/limit.consult", data=given, headers=HTML
    )

    assert answer.status_code == 422
    assert errors_of(answer.text, "valid_from")
    for kept in ("市热线办通知", typed):
        assert kept in answer.text
