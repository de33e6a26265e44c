"""What this room hears and answers."""

from app.realtime import broadcaster, connections


def register() -> None:
    """Hear what screens must know, and answer the pages that connect."""
    broadcaster.register()
    connections.register()
