"""The switchboard has no pages; what it offers on the web is for exchanges."""

from app.switchboard.webhooks import bp

__all__ = ["bp"]
