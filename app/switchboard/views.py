"""What the switchboard offers on the web: to exchanges its hooks, to people what outages did."""

from app.switchboard.outage_pages import bp as outage_pages
from app.switchboard.sounds import bp as sounds
from app.switchboard.webhooks import bp

__all__ = ["bp"]

bp.register_blueprint(sounds)
bp.register_blueprint(outage_pages)
