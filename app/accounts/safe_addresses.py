"""Decides whether an address that came with a request may be gone to: only our own. Pure."""

from urllib.parse import urlsplit


def is_own_address(target: str) -> bool:
    """Say whether `target` is a path on this site.

    Browsers read `//host`, `/\\host` and addresses with a tab or line end inside as another site.
    """
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    if "\\" in target or any(ord(each) < 33 or ord(each) == 127 for each in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc
