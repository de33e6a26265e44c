"""The people of a year, each with a browser: pages are opened and forms are sent as they do it."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flask import Flask

from app.channel_entries import channel_register
from app.core.database import unit_of_work
from app.handling.acting import Doer
from app.organisation import service as organisation
from tests import people
from tests.call_queue import desks
from tests.conftest import PageClient

HTML = {"Accept": "text/html"}
UNITS = ("urban-management", "housing", "transport")


@dataclass(kw_only=True)
class Browser:
    """One person's browser. Who has been away too long signs in again, as the pages ask."""

    app: Flask
    who: Doer
    work_number: str
    answers: Counter[int]
    faults: list[str]
    played: Counter[tuple[str, str]]
    page: PageClient = field(init=False)

    def __post_init__(self) -> None:
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in through the page."""
        self.page = self.app.test_client()  # type: ignore[assignment]  # what the app is given
        people.sign_in(self.page, self.work_number)

    @property
    def called(self) -> str:
        """As whom this browser acts."""
        return str(self.who.role)

    def get(self, path: str) -> str:
        """Open a page; return what it says."""
        return str(self._ask("get", path).text)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form, or a request of the desk's."""
        if data is not None:
            more["data"] = data
        return self._ask("post", path, **more)

    def send(
        self,
        path: str,
        shown_at: str,
        prefix: str = "",
        *,
        beside: Mapping[str, Any] | None = None,
        **typed: Any,
    ) -> int:
        """Open a page and send one of its forms; return the status.

        `beside`: what a button of the form says, whose name has no prefix.
        """
        html = self.get(shown_at)
        before = f"{prefix}-" if prefix else ""
        found = re.search(rf'name="{before}seen"[^>]*value="([^"]*)"', html)
        seen = found or re.search(r'name="(?:\w+-)?seen"[^>]*value="([^"]*)"', html)
        data = {f"{before}{name}": value for name, value in typed.items()}
        data[f"{before}seen"] = seen[1] if seen else ""
        data.update(beside or {})
        return int(self.post(path, data).status_code)

    def listed(self, path: str, link: str) -> list[int]:
        """Return the tickets to which the links of a list lead, in its order."""
        found = re.findall(rf'href="{link}/(\d+)[?"]', self.get(path))
        return list(dict.fromkeys(int(each) for each in found))

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        more.setdefault("headers", HTML)
        answer = getattr(self.page, method)(path, **more)
        if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
            self.sign_in()
            answer = getattr(self.page, method)(path, **more)
        self.answers[answer.status_code] += 1
        if method == "post" and answer.status_code < 400:
            rules = self.app.url_map.bind("localhost")
            page = rules.match(path.partition("?")[0], method="POST")[0]
            self.played[str(page), self.called] += 1
        if answer.status_code >= 500:
            self.faults.append(f"{answer.status_code} {method} {path}")
        return answer


@dataclass(kw_only=True)
class Citizen(Browser):
    """Somebody who has no account: public pages are all that he is shown."""

    @classmethod
    def beside(cls, browser: Browser) -> "Citizen":
        """Return a citizen whose requests are counted where those of this browser are."""
        return cls(**{each.name: getattr(browser, each.name) for each in fields(cls) if each.init})

    @property
    def called(self) -> str:
        """As whom this browser acts."""
        return "citizen"

    def sign_in(self) -> None:
        """Open a browser, and no more."""
        self.page = self.app.test_client()  # type: ignore[assignment]  # what the app is given

    def get(self, path: str) -> str:
        """Open a page; its form can be sent then."""
        html = super().get(path)
        self.page.learn_token(html)
        return html


@dataclass(kw_only=True)
class House:
    """Everybody who has a part in the year, by what he is called here."""

    agents: list[Browser]
    dispatcher: Browser
    auditor: Browser
    visitor: Browser
    manager: Browser
    units: dict[int, Browser]
    county: Browser
    town: Browser
    clerk: Browser
    leader: Browser
    overseer: Browser
    answers: Counter[int]
    faults: list[str]
    played: Counter[tuple[str, str]] = field(default_factory=Counter)


def open_house(app: Flask) -> House:
    """Make everybody and sign them in."""
    answers: Counter[int] = Counter()
    faults: list[str] = []
    played: Counter[tuple[str, str]] = Counter()
    with unit_of_work():
        channel_register.load_channels()

    def person(role: str, unit: str) -> Browser:
        unit_id = organisation.find_unit_by_code(unit).id
        made = people.one_person(role, unit_id=unit_id)
        who = Doer(user_id=made.id, role=made.role, unit_id=unit_id)
        return Browser(
            app=app, who=who, work_number=made.work_number, answers=answers, faults=faults,
            played=played,
        )  # fmt: skip

    units = [person("city_liaison", each) for each in UNITS]
    agents = [person("agent", "hotline") for _ in range(2)]
    for each in agents:
        desks.open_desk(people.accounts.get_person(each.who.user_id))
    return House(
        agents=agents,
        dispatcher=person("dispatcher", "hotline"),
        auditor=person("dispatcher", "hotline"),
        visitor=person("return_visitor", "hotline"),
        manager=person("hotline_manager", "hotline"),
        units={each.who.unit_id or 0: each for each in units},
        county=person("county_dispatcher", "county-441602"),
        town=person("town_clerk", "town-441602001"),
        clerk=person("channel_clerk", "culture-tourism"),
        leader=person("shift_leader", "hotline"),
        overseer=person("overseer", "hotline"),
        answers=answers,
        faults=faults,
        played=played,
    )
