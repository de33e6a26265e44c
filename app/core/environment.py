"""What the environment says, read strictly: values have limits, and all faults are told at once.

It knows no setting by name; those are in `config.py`, which reads them through `Reader`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})

C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True)
class Fault:
    """One setting that cannot be used. `given` never holds a secret."""

    name: str
    given: str
    allowed: str

    def __str__(self) -> str:
        """One line for the person who starts the server."""
        return f"{self.name}: given {self.given}; allowed: {self.allowed}"


class BadSettings(ValueError):
    """The settings cannot be used; `faults` names every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(["These settings cannot be used:", *map(str, faults)]))
        self.faults = faults


class Reader:
    """Reads one mapping and collects what is wrong with it; folders count from `root`."""

    def __init__(self, environ: Mapping[str, str], *, root: Path) -> None:
        self.environ = environ
        self.root = root
        self.faults: list[Fault] = []

    def refuse(self, name: str, given: str, allowed: str) -> None:
        """Note a fault; reading goes on so that all are told at once."""
        self.faults.append(Fault(name, given, allowed))

    def env_str(self, name: str, default: str) -> str:
        """Read text, without the spaces around it."""
        return self.environ.get(name, "").strip() or default

    def env_int(self, name: str, default: int, *, low: int, high: int) -> int:
        """Read a whole number between `low` and `high`, both included."""
        given = self.env_str(name, str(default))
        if re.fullmatch(r"-?\d{1,9}", given) and low <= int(given) <= high:
            return int(given)
        self.refuse(name, repr(given), f"a whole number from {low} to {high}")
        return default

    def env_bool(self, name: str, *, default: bool) -> bool:
        """Read yes or no."""
        given = self.env_str(name, "yes" if default else "no").lower()
        if given in TRUE_WORDS | FALSE_WORDS:
            return given in TRUE_WORDS
        self.refuse(name, repr(given), "1, true, yes, on or 0, false, no, off")
        return default

    def env_choice(self, name: str, default: C) -> C:
        """Read one word of an enum."""
        given = self.env_str(name, default.value)
        for choice in type(default):
            if given.lower() == choice.value.lower():
                return choice
        self.refuse(name, repr(given), ", ".join(choice.value for choice in type(default)))
        return default

    def env_secret(self, name: str, *, is_needed: bool) -> str:
        """Read a secret of a safe length; it may stay away only if not `is_needed`."""
        given = self.env_str(name, "")
        if len(given) >= SHORTEST_SECRET or (not given and not is_needed):
            return given
        told = f"{len(given)} characters (not shown)" if given else "nothing"
        self.refuse(name, told, f"at least {SHORTEST_SECRET} characters of your own")
        return ""

    def env_path(self, name: str, default: Path) -> Path:
        """Read a folder; a relative one counts from the root."""
        return self.root / self.env_str(name, str(default))

    def env_url(self, name: str, *, schemes: tuple[str, ...], has_path: bool) -> str:
        """Read an address with one of these schemes and a host; empty is allowed."""
        given = self.env_str(name, "").rstrip("/")
        if not given:
            return ""
        allowed = " or ".join(f"{scheme}://…" for scheme in schemes)
        parts = address_parts(given)
        if parts is None or parts[0] not in schemes or not parts[1]:
            self.refuse(name, "an address (not shown)", allowed)
            return ""
        if not has_path and not re.fullmatch(r"[^\s/?#@]+", given.partition("://")[2]):
            told = "an address (not shown)" if "@" in given else repr(given)
            self.refuse(name, told, f"{allowed} without a path")
            return ""
        return given


def address_parts(url: str) -> tuple[str, str, str] | None:
    """Return scheme, host and path of an address; None of what is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", parts.path
