"""A call's way here, as the dialplan hands it over: pure.

landings.conf reads the SIP headers and joins them like the query of an address, each value encoded:
`max=70&hop=…&div=…&hist=…`. Nothing of it is trusted further than to call a human.
"""

import re
from itertools import groupby
from urllib.parse import parse_qs

from telephony.port import Passage

MOST_NUMBERS = 20
LONGEST = 64

_NUMBER = re.compile(r"(?:sips?:(?P<sip>[^@;>?,\s]+)@|tel:(?P<tel>[^;>?,\s]+))", re.IGNORECASE)


def read_passage(trunk: str, joined: str) -> Passage:
    """Return what the dialplan read; what cannot be understood is left out."""
    said = parse_qs(joined, max_num_fields=MOST_NUMBERS)
    diversions = [number for value in said.get("div", []) for number in numbers_in(value)]
    history = [number for value in said.get("hist", []) for number in numbers_in(value)]
    left = said.get("max", [""])[0]
    return Passage(
        trunk=trunk[:LONGEST],
        hops=tuple(value[:LONGEST] for value in said.get("hop", [])),
        diverted_from=tuple(_latest_first(diversions, history)[:MOST_NUMBERS]),
        max_forwards=int(left) if re.fullmatch(r"[0-9]{1,3}", left) else None,
    )


def _latest_first(diversions: list[str], history: list[str]) -> list[str]:
    """Return who diverted the call, the latest first, as Diversion tells it.

    History-Info tells it the other way round, with where the call goes now (here) at its end, and
    names a number again when it only moves from host to host. Both may tell the same.
    """
    moved = [number for number, _same in groupby(history[:-1])]
    return [*diversions, *(number for number in reversed(moved) if number not in diversions)]


def numbers_in(header: str) -> list[str]:
    """Return the numbers of every address in a Diversion or History-Info header, in order."""
    return [(found["sip"] or found["tel"])[:LONGEST] for found in _NUMBER.finditer(header)]
