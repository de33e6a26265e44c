"""Hands of a city that opens its fast lane for enterprises, or sets another of its rules."""

from datetime import datetime

from app.rules import rule_register
from tests.handling.cast import saved


def say(key: str, value: str, *, since: datetime | None = None) -> None:
    saved(rule_register.set_value, key, value, basis="试行", valid_from=since)


def switch_on() -> None:
    say("enterprise.fast_lane", "lane_on")
