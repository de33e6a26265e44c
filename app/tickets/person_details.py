"""What a hotline asks of some callers and some matters, and not of all (domain rules 2.1). Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOST_PEOPLE = 1_000_000
MOST_YUAN = 10**12
_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})(?:\.[0-9]{1,2})?")


class PersonKind(StrEnum):
    """Who asks: for himself, or for an organisation."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"
    ORGANISATION = "organisation"


ENTERPRISE_SKILLS = frozenset({"enterprise", "policy"})
"""Skills of lines on which enterprises call (企业服务, 惠企政策咨询); codes of the city's list."""


def kind_called_from(skill: str | None) -> PersonKind | None:
    """Return who calls a line that asks for this skill, as far as the line says; a proposal."""
    return PersonKind.ENTERPRISE if skill in ENTERPRISE_SKILLS else None


class SpecialGroup(StrEnum):
    """People who are to be served first or otherwise."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    MINOR = "minor"
    SOLDIER = "soldier"  # serving, their families, veterans
    POOR = "poor"  # on minimum allowance or in special hardship
    PREGNANT = "pregnant"


class Gender(StrEnum):
    """What the caller says of himself, or is plain from the call; never guessed from a name."""

    FEMALE = "female"
    MALE = "male"


class AgeGroup(StrEnum):
    """About how old; no hotline asks for a birthday."""

    UNDER_18 = "under_18"
    TO_35 = "to_35"
    TO_59 = "to_59"
    FROM_60 = "from_60"


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    """What was said of the person and the extent of the matter; None and "": not said.

    `amount` is in whole yuan. Telling the answer to everybody needs `consent_public`.
    """

    person_kind: PersonKind | None = None
    identity_number: str = ""
    gender: Gender | None = None
    age_group: AgeGroup | None = None
    organisation_name: str = ""
    credit_code: str = ""
    special_group: SpecialGroup | None = None
    callback_wanted: bool | None = None
    best_time: str = ""
    consent_public: bool | None = None
    people_count: int | None = None
    amount: int | None = None


NOTHING_SAID = PersonDetails()


def read_amount(text: str) -> int | None:
    """Return a sum of money in whole yuan, rounded half up; None for what is none or too much."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("\u5143")
    if not _AMOUNT.fullmatch(plain):
        return None
    whole, _, cents = plain.replace(",", "").partition(".")
    amount = int(whole) + (1 if cents.ljust(2, "0") >= "50" else 0)
    return amount if amount <= MOST_YUAN else None


def read_count(text: str) -> int | None:
    """Return a number of people; None for what is none, for nobody and for too many."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 7):
        return None
    return int(plain) if 1 <= int(plain) <= MOST_PEOPLE else None
