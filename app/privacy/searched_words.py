"""Tells what was searched for without telling it: nothing is read, the same is known. Pure.

Who searches for a person types a name, a number or a card. The audit must show that somebody went
for the same person again and again, and must itself be no list of names. So it keeps how long the
words were and a mark made of them with the secret of this installation: the same words leave the
same mark, however they were spaced, spelt in full width or in capitals, and nothing leads back.
"""

import hmac
import unicodedata
from dataclasses import dataclass, field

from app.core.phone_numbers import normalise

HIDDEN = "\u25cb"
MOST_SHOWN = 12
"""More signs than this are shown as so many: a length alone may tell a long name."""
MARK_SIGNS = 12
"""Letters of a mark, four bits each: the words of a city's searches do not meet by chance."""
_PURPOSE = b"searched-words:"


@dataclass(frozen=True)
class SearchSecret:
    """What marks are made with; with another secret the same words leave another mark."""

    secret: str = field(repr=False)


def hidden_words(text: str, secret: SearchSecret) -> str:
    """Return how many signs were typed, and their mark; "" for nothing."""
    words = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    if not words:
        return ""
    if words.strip("+-()").isdigit():
        words = normalise(words) or words  # a number is the same however it is written
    digest = hmac.digest(secret.secret.encode(), _PURPOSE + words.encode(), "sha256")
    # Letters only: digits in a row would be taken for a telephone number and masked once more.
    letters = "".join(chr(ord("a") + half) for byte in digest for half in divmod(byte, 16))
    return f"{HIDDEN * min(len(words), MOST_SHOWN)}#{letters[:MARK_SIGNS]}"
