"""What this room does from the start: keeps the rows of its lists, offers bulk acts."""

from app.tickets import list_pages, list_rows


def register() -> None:
    """Keep the rows in step with the tickets; offer the acts of this room to lists."""
    list_rows.keep_in_step()
    list_pages.offer_exports()
