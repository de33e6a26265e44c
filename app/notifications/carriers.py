"""Builds the providers that the settings name. The only file that knows all of them."""

import json
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from app.notifications.http_provider import HttpProvider
from app.notifications.occasions import Way
from app.notifications.provider import MessageProvider, MessageProviders
from app.notifications.simulated_provider import SIMULATOR, SimulatedProvider
from app.notifications.smtp_provider import MailServer, SmtpProvider

MAIL_PORT, SECURE_MAIL_PORT = 587, 465


class Carrier(Protocol):
    """One provider as the settings name it."""

    @property
    def way(self) -> str:
        """Which way it carries."""

    @property
    def address(self) -> str:
        """Where it is, or `simulator`."""

    @property
    def token(self) -> str:
        """What it knows us by."""

    @property
    def body(self) -> str:
        """The template of the JSON that it wants."""

    @property
    def timeout(self) -> int:
        """How many seconds it has."""


def build_providers(carriers: Iterable[Carrier]) -> MessageProviders:
    """Build one provider for each way that has one."""
    return MessageProviders(by_way={Way(each.way): _built(each) for each in carriers})


def _built(carrier: Carrier) -> MessageProvider:
    if carrier.address == SIMULATOR:
        return SimulatedProvider()
    if carrier.address.startswith("smtp"):
        return SmtpProvider(
            "smtp", server=_mail_server(carrier.address), timeout=float(carrier.timeout)
        )
    return HttpProvider(
        f"{carrier.way}-http",
        address=carrier.address,
        token=carrier.token,
        body_template=json.loads(carrier.body),
        timeout=float(carrier.timeout),
    )


def _mail_server(address: str) -> MailServer:
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (SECURE_MAIL_PORT if is_tls else MAIL_PORT),
        sender=asked.get("from", [""])[-1],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        starts_tls=asked.get("starttls", ["yes"])[-1] == "yes",
    )
