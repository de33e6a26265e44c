"""Where exchanges fetch the sounds that the register names, and how they prove who asks. Pure.

`GET /telephony/sounds/<exchange>` tells which sounds there are, `…/<exchange>/<name>` is one of
them, a WAV file. The query says until when the address holds, and signs it: hex HMAC-SHA256,
keyed with the exchange's secret, of the lines `sound`, exchange id, name (empty for the list) and
until (seconds since 1970). deploy/asterisk/sound_puller.py writes the same.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

KEPT_BY_US = re.compile(r"greeting-[0-9]{2,16}-[0-9a-f]{12}")
PATH = "/telephony/sounds"
LONGEST_VALID = timedelta(days=3)
"""An address that claims to hold longer is none of ours."""


def is_kept_by_us(name: str) -> bool:
    """Say whether this is an uploaded greeting, not a sound that the exchange has of its own."""
    return KEPT_BY_US.fullmatch(name) is not None


def sign(name: str, *, secret: str, exchange_id: str, until: str) -> str:
    """Return the signature of one address."""
    said = "\n".join(["sound", exchange_id, name, until])
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def address_of(name: str, *, base: str, secret: str, exchange_id: str, now: datetime) -> str:
    """Return a signed address of a sound; all of one day are alike, so that they can be cached."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    until = str(int((day + timedelta(days=2)).timestamp()))
    query = {
        "until": until,
        "signature": sign(name, secret=secret, exchange_id=exchange_id, until=until),
    }
    return f"{base}{PATH}/{exchange_id}/{name}?{urlencode(query)}"


def is_genuine(
    name: str, *, secret: str, exchange_id: str, until: str, signature: str, now: datetime
) -> bool:
    """Say whether an address was signed by this exchange's secret and still holds."""
    if not (secret and until.isascii() and until.isdigit() and len(until) <= 12):
        return False
    if not 0 <= int(until) - now.timestamp() <= LONGEST_VALID.total_seconds():
        return False
    expected = sign(name, secret=secret, exchange_id=exchange_id, until=until)
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())
