"""A sign-in leads only to pages of this site."""

import pytest

from app.accounts.safe_addresses import is_own_address


@pytest.mark.parametrize("target", ["/", "/desk", "/calls?page=2", "/tickets/7#notes", "/a/b:c"])
def test_our_own_pages_may_be_gone_to(target: str) -> None:
    assert is_own_address(target)


@pytest.mark.parametrize(
    "target",
    [
        "", "desk", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " /desk", "/a\\b",
        "///evil.example", "/%0d\r\nSet-Cookie: a=b",
    ],
)  # fmt: skip
def test_other_sites_may_not(target: str) -> None:
    assert not is_own_address(target)
