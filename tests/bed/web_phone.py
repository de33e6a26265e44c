"""A page's phone without its sound: registers over a WebSocket with digest, as a browser does."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from simple_websocket import Client

from tests.bed.bed import Bed

DOMAIN = "hotline.invalid"


class RegistrationRefused(AssertionError):
    """The exchange did not let this phone register; the text is its last status line."""


def _md5(text: str) -> str:
    # RFC 3261 section 22: what the exchange asks for, not ours to choose
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class WebPhone:
    """One open socket and what is registered over it."""

    def __init__(self, bed: Bed, phone: str) -> None:
        self._socket = Client(bed.phone_socket, subprotocols=["sip"])
        self._phone = phone
        self._tag = secrets.token_hex(4)
        self._call = secrets.token_hex(8)
        self._contact = f"<sip:{secrets.token_hex(4)}@{secrets.token_hex(4)}.invalid;transport=ws>"
        self._number = 0

    def register(self, secret: str) -> None:
        """Register; raises RegistrationRefused."""
        answer = self._ask("")
        if answer.startswith("SIP/2.0 401"):
            answer = self._ask(self._authorization(answer, secret))
        if not answer.startswith("SIP/2.0 200"):
            raise RegistrationRefused(answer.splitlines()[0])

    def close(self) -> None:
        """Drop the socket without a word, as a page that is closed."""
        self._socket.close()

    def _ask(self, authorization: str) -> str:
        self._number += 1
        lines = [
            f"REGISTER sip:{DOMAIN} SIP/2.0",
            f"Via: SIP/2.0/WS {DOMAIN};branch=z9hG4bK{secrets.token_hex(6)}",
            "Max-Forwards: 70",
            f"To: <sip:{self._phone}@{DOMAIN}>",
            f"From: <sip:{self._phone}@{DOMAIN}>;tag={self._tag}",
            f"Call-ID: {self._call}",
            f"CSeq: {self._number} REGISTER",
            f"Contact: {self._contact};expires=120",
            *([authorization] if authorization else []),
            "Content-Length: 0",
        ]
        self._socket.send("\r\n".join([*lines, "", ""]))
        answer = self._socket.receive(timeout=5)
        if answer is None:
            raise RegistrationRefused("no answer")
        return answer if isinstance(answer, str) else bytes(answer).decode()

    def _authorization(self, challenge: str, secret: str) -> str:
        said = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        uri, count, client_nonce = f"sip:{DOMAIN}", "00000001", secrets.token_hex(4)
        first = _md5(f"{self._phone}:{said['realm']}:{secret}")
        second = _md5(f"REGISTER:{uri}")
        response = _md5(f"{first}:{said['nonce']}:{count}:{client_nonce}:auth:{second}")
        return (
            f'Authorization: Digest username="{self._phone}", realm="{said["realm"]}", '
            f'nonce="{said["nonce"]}", uri="{uri}", response="{response}", algorithm=MD5, '
            f'opaque="{said.get("opaque", "")}", qop=auth, nc={count}, cnonce="{client_nonce}"'
        )


@contextmanager
def web_phone(bed: Bed, phone: str, *, secret: str) -> Iterator[WebPhone]:
    """Open a page's phone, registered, and close it."""
    page = WebPhone(bed, phone)
    try:
        page.register(secret)
        yield page
    finally:
        page.close()
