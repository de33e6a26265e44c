"""What can be the id of a row, wherever it is written. Pure.

What no row can have is answered like what nobody has, and no database is asked for it: SQLite's
driver refuses a number beyond its columns instead of finding nothing.
"""

LARGEST_ID = 2**31 - 1
"""What a column of ids holds on PostgreSQL."""


def is_id(text: str) -> bool:
    """Say whether this can be an id: plain digits, and not beyond what a row can have."""
    is_plain = text.isascii() and text.isdigit() and len(text.lstrip("0")) <= len(str(LARGEST_ID))
    return is_plain and int(text) <= LARGEST_ID


def row_id(text: object) -> int:
    """Return the id that an address or a form writes; raises ValueError for what can be none."""
    written = str(text).strip()
    if not is_id(written):
        raise ValueError(written)
    return int(written)
