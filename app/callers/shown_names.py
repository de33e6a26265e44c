"""How a caller's name is shown before the agent has asked for it. Pure."""

from typing import Final

# A name noted as a form of address gives away no more than the surname: it is shown as it is.
ADDRESSES: Final = (
    "女士",
    "先生",
    "小姐",
    "阿姨",
    "大姐",
    "老师",
    "师傅",
    "伯",
    "叔",
    "婆",
    "同学",
)
TWO_SIGN_SURNAMES: Final = frozenset(
    {"欧阳", "司徒", "上官", "诸葛", "司马", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木", "夏侯"}
)
STAR = "*"


def shown_name(name: str) -> str:
    """Return "张女士" for 张女士, "张*" for 张小明, "欧阳*" for 欧阳明; "" for an empty name."""
    name = name.strip()
    if not name:
        return ""
    surname = _surname(name)
    rest = name[len(surname) :]
    if rest in ADDRESSES:
        return name
    return surname + STAR


def spellings_of(name: str) -> tuple[str, ...]:
    """Return how a text may call a person of this name: whole, and by a form of address."""
    name = name.strip()
    if len(name) < 2:
        return ()
    surname = _surname(name)
    return (name, *(surname + address for address in ADDRESSES if surname + address != name))


def _surname(name: str) -> str:
    return name[:2] if name[:2] in TWO_SIGN_SURNAMES and len(name) > 2 else name[:1]
