"""What is said of a kind of matter that is not taken up, and what may name one. Pure.

How its versions hold and change stands in `dated_versions`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Invalid

CODE = re.compile(r"[A-Z][0-9A-Z]{0,7}")


class Treatment(StrEnum):
    """What is done with a matter that is not taken up (domain rules 1.3)."""

    TRANSFER = "transfer"
    TELL = "tell"
    EXPLAIN = "explain"
    POLICE = "police"
    REFER = "refer"
    ASK = "ask"


class UnfitExclusionCode(Invalid):
    """The code of an exclusion is a capital letter with digits or capitals, eight at most."""

    code = "exclusion-code-unfit"


@dataclass(frozen=True, kw_only=True)
class ExclusionWords:
    """What is said of a kind of excluded matter; `told_words` are those told to the citizen."""

    name_zh: str
    name_en: str
    treatment: str
    told_where: str
    told_words: str
    basis: str
    position: int


def check_code(code: str) -> None:
    """Raise UnfitExclusionCode unless this can name a kind of matter for good."""
    if not CODE.fullmatch(code):
        raise UnfitExclusionCode(field="code")
