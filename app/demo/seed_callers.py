"""The callers of the demonstration: made-up names on numbers that belong to nobody."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.callers import service as callers

COUNT: Final = 120
SHARED_NUMBERS: Final = 6
SURNAMES: Final = "刘黄张陈李叶邓曾罗钟谢吴朱赖邱温何廖林杨古丘骆巫欧"
GIVEN: Final = "文华志强丽芳秀英建国海燕晓敏俊杰玉兰伟明家豪雪梅永康月娥思远春花立新佳怡少波美珍"
ADDRESSES: Final = ("先生", "女士", "女士", "先生", "阿姨", "师傅")
# No operator has been given this prefix, so a number that begins with it rings nobody.
FREE_PREFIX: Final = "154"
# A block of the city's own numbering that is not in use.
FREE_LANDLINE: Final = "076220000"


@dataclass(frozen=True)
class MadeUpCaller:
    """A person outside, as the demonstration imagines one."""

    name: str
    number: str


def made_up_callers(dice: random.Random) -> list[MadeUpCaller]:
    """Return 120 callers; a few numbers belong to two persons, a few are landlines."""
    made: list[MadeUpCaller] = []
    numbers: set[str] = set()
    while len(made) < COUNT - SHARED_NUMBERS:
        number = _number(dice, is_landline=len(made) % 15 == 7)
        if number in numbers:
            continue
        numbers.add(number)
        made.append(MadeUpCaller(name=made_up_name(dice), number=number))
    for first in dice.sample(made, SHARED_NUMBERS):
        # Another surname: two persons in one household must never look like one.
        others = [sign for sign in SURNAMES if sign != first.name[0]]
        name = dice.choice(others) + dice.choice(ADDRESSES[:2])
        made.append(MadeUpCaller(name=name, number=first.number))
    return made


def made_up_number(dice: random.Random) -> str:
    """Return a mobile number that belongs to nobody, as a carrier writes it."""
    return _number(dice, is_landline=False)


def made_up_name(dice: random.Random) -> str:
    """Return a name as callers give it: in full, or only how to be addressed."""
    surname = dice.choice(SURNAMES)
    if surname == "欧":
        surname = "欧阳"
    if dice.random() < 0.5:
        return surname + dice.choice(ADDRESSES)
    return surname + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))


def seed_callers(made: list[MadeUpCaller], *, now: datetime) -> dict[MadeUpCaller, int]:
    """Keep these callers through the room that owns them; return their ids."""
    for number in dict.fromkeys(each.number for each in made):
        callers.remember_call(number, at=now - timedelta(days=30))
    return {each: callers.get_or_open_caller(each.number, each.name).id for each in made}


def _number(dice: random.Random, *, is_landline: bool) -> str:
    if is_landline:
        return f"{FREE_LANDLINE}{dice.randrange(100):02}"
    return f"{FREE_PREFIX}{dice.randrange(10**8):08}"
