"""The switchboard has no pages; what it offers on the web is for exchanges."""

from app.switchboard.sounds import bp as sounds
from app.switchboard.webhooks import bp

__all__ = ["bp"]

bp.register_blueprint(sounds)
