"""Answers those who watch the server: is it alive, and can it work."""

from dataclasses import asdict
from http import HTTPStatus

from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.core import permissions
from app.core.database import db
from app.core.extensions import limiter
from app.switchboard import listeners
from app.switchboard.service import Switchboard


def add_to(app: Flask) -> None:
    """Give the app the two addresses; whoever asks often whether it lives is not held back."""

    @app.get("/healthz")
    @permissions.public
    def is_alive() -> ResponseReturnValue:
        return {"is_alive": True}

    @app.get("/readyz")
    @permissions.public
    def is_ready() -> ResponseReturnValue:
        db.session.execute(text("SELECT 1"))
        switchboard: Switchboard = app.extensions[listeners.PLACE]
        health = switchboard.health()
        if health is None:
            return {"is_ready": True}
        said = {"is_ready": health.can_save, "switchboard": asdict(health)}
        return said, HTTPStatus.OK if health.can_save else HTTPStatus.SERVICE_UNAVAILABLE

    limiter.exempt(is_alive)
