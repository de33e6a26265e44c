from datetime import timedelta

import pytest

from app.calls.link_lag import LagPolicy, LinkLag, lag_of

POLICY = LagPolicy(slow=timedelta(seconds=2), stuck=timedelta(seconds=6))


@pytest.mark.parametrize(
    ("seconds", "lamp"),
    [(0, LinkLag.OK), (1.99, LinkLag.OK), (2, LinkLag.SLOW), (5.9, LinkLag.SLOW),
     (6, LinkLag.STUCK), (3600, LinkLag.STUCK)],
)  # fmt: skip
def test_the_lamp_follows_the_age_of_the_oldest_event(seconds: float, lamp: LinkLag) -> None:
    assert lag_of(timedelta(seconds=seconds), POLICY) is lamp
