"""Finds what leads to a person in a text: numbers, cards, plates, flats, accounts. Pure.

Domain rules 1.13 ask that a text is looked through before it is dispatched (a screenshot of an
order reached the neighbour it was about). People do not write for machines: digits come with blanks
and dots between them, full-width, or as Chinese numerals, and all of them are looked through. A
public short number (12345, 110) and a ticket's own number are nobody's secret, and no trace.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.phone_numbers import AREA_CODE, is_office, mask, normalise

STARS = "***"


class TraceKind(StrEnum):
    """What sort of thing leads to the person."""

    PHONE = "phone"
    IDENTITY_CARD = "identity_card"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    ROOM = "room"
    EMAIL = "email"
    ACCOUNT = "account"  # WeChat, QQ
    NAME = "name"  # the caller's own, where it is known


NEEDED_FOR_WORK = frozenset({TraceKind.ROOM, TraceKind.PLATE, TraceKind.NAME})
"""Left in a text that is only masked: without the flat or the plate nobody can do the work."""


@dataclass(frozen=True, kw_only=True, order=True)
class Trace:
    """A stretch of a text, from `start` up to and not with `end`."""

    start: int
    end: int
    kind: TraceKind


# Between the digits of a number: a blank, a dash or a dot of any kind, signs that nobody sees.
_GAP = r"[\s\-\u2010-\u2015\u2212.\u00b7\u30fb\u2022*_/\u200b-\u200d\u2060\ufeff]{0,3}"
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
# Eleven single digits with one and the same sign after each: 1,3,9,0 …
_COUNTED_OUT = re.compile(r"(?<!\d)1([,;:|、，+\s]{1,2})[3-9](?:\1\d){9}(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)[(]?{AREA_CODE}[)]?{_GAP}[2-8](?:{_GAP}\d){{6,7}}(?!\d)", re.ASCII)
_ABROAD = re.compile(rf"\+\d(?:{_GAP}\d){{7,14}}(?!\d)")
_SAID_TO_BE_A_PHONE = re.compile(
    rf"(?:电话|手机|座机|号码|致电|回电|联系方式|tel|phone|mobile)[^\d\n]{{0,6}}"
    rf"(\d(?:{_GAP}\d){{6,14}})(?!\d)",
    re.IGNORECASE,
)
_EIGHTEEN = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dX](?![\dA-Z])", re.IGNORECASE)
_FIFTEEN = re.compile(rf"(?<![\d.])[1-9](?:{_GAP}\d){{14}}(?!\d)")
_BANK = re.compile(rf"(?<!\d)[3-6](?:{_GAP}\d){{15,18}}(?!\d)")
_PROVINCE = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使"
_PLATE_SIGN = rf"(?:{_GAP}[A-HJ-NP-Z0-9])"
_PLATE = re.compile(
    rf"[{_PROVINCE}]\s*[A-HJ-NP-Z](?=.{{0,18}}\d){_PLATE_SIGN}{{5,6}}(?![A-Z0-9])"
    rf"|[{_PROVINCE}]\s*[A-HJ-NP-Z]{_PLATE_SIGN}{{4}}[学警港澳领挂试]",
    re.IGNORECASE,
)
_SAID_TO_BE_A_PLATE = re.compile(
    rf"(?:车牌号?码?|车号)[\s:：是为]{{0,3}}([A-HJ-NP-Z](?=.{{0,18}}\d){_PLATE_SIGN}{{5,6}})"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
_MANY = r"[\d零〇一二三四五六七八九十百两]{1,5}"
_ROOM = re.compile(
    rf"(?:{_MANY}|[A-Z]\d{{0,2}})\s*(?:号楼|[栋幢]|单元(?!格))"
    r"|(?:\d{1,3}|[A-Z])\s*座"
    rf"|[A-Z]?{_MANY}\s*(?:室(?!\s*{_MANY}\s*厅)|房(?![产屋子东价管租贷地间型改]))"
    r"|(?<![\d\-/.])\d{1,3}\s*[#\-]\s*(?:\d{1,2}\s*-\s*)?(?!(?:19|20)\d\d)\d{3,4}(?![\d\-/.年月日])",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    r"[a-z0-9][\w.+-]*\s?(?:@|\[at\]|\(at\)|艾特)\s?[a-z0-9-]+(?:\s?(?:\.|点)\s?[a-z0-9-]+)+",
    re.IGNORECASE | re.ASCII,
)
_ACCOUNT = re.compile(
    r"(?:微信|薇信|威信|v信|wechat|weixin|\bwx|\bvx|加v|qq|扣扣)(?:号码?|id)?"
    r"[\s:：是为,，]{0,4}((?:[a-z][\w-]{5,19}|\d{5,11})(?![\w-]))"
    r"|(wxid_[a-z0-9]+)",
    re.IGNORECASE | re.ASCII,
)
# Ours, with its check digit: it looks like a card of fifteen digits.
_TICKET_NUMBER = re.compile(r"[A-Z]{2}\d{12,14}-\d", re.ASCII)

_NUMERALS = str.maketrans(
    "零〇○洞一幺么壹二两贰三叁四肆五伍六陆七拐柒八捌九勾玖", "0000111122233445566777889999"[:27]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"


def traces_in(text: str, *, names: Collection[str] = ()) -> list[Trace]:
    """Return what leads to a person, in the order of the text; stretches never overlap.

    `names` are spellings of the caller's name. One character alone (a family name) is part of too
    many words and is not looked for.
    """
    plain = _folded(text)
    plain = _TICKET_NUMBER.sub(lambda found: " " * len(found[0]), plain)
    spoken = plain.translate(_NUMERALS)
    found = [
        Trace(start=start, end=end, kind=kind)
        for kind, look in _LOOKED_FOR
        for written in dict.fromkeys((plain, spoken) if kind in _SPOKEN else (plain,))
        for start, end in look(written)
    ]
    found += [
        Trace(start=start, end=end, kind=TraceKind.NAME)
        for name in names
        for start, end in _named(plain, _folded(name.strip()))
    ]
    return _apart(found)


def hidden_in(text: str, *, names: Collection[str] = ()) -> str:
    """Return the text with every trace replaced by stars: what a confidential text may show."""
    return _replaced(text, traces_in(text, names=names), lambda _found, _kind: STARS)


def masked_in(text: str) -> str:
    """Return the text with numbers and accounts masked; flats and plates stay, for the work."""
    found = [each for each in traces_in(text) if each.kind not in NEEDED_FOR_WORK]
    return _replaced(text, found, _masked)


def _folded(text: str) -> str:
    """Write full-width letters and digits as plain ones; every character keeps its place."""
    return "".join(
        plain if len(plain := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in text
    )


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield what the pattern finds: its first filled group, or the whole."""
    for found in pattern.finditer(text):
        group = next((n for n in range(1, pattern.groups + 1) if found[n] is not None), 0)
        yield found.span(group)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_MOBILE, _LANDLINE, _ABROAD):
        yield from _spans(pattern, text)
    for found in _COUNTED_OUT.finditer(text):
        yield found.span()
    for start, end in _spans(_SAID_TO_BE_A_PHONE, text):
        if not is_office(normalise(text[start:end])):
            yield start, end


def _identity_cards(text: str) -> Iterator[tuple[int, int]]:
    """A card by its check sign, or by its day of birth: one mistyped digit still tells who."""
    for start, end in _spans(_EIGHTEEN, text):
        signs = _signs(text[start:end])
        if is_identity_number(signs) or _is_day(signs[6:14]):
            yield start, end
    for start, end in _spans(_FIFTEEN, text):
        if _is_day(f"19{_signs(text[start:end])[6:12]}"):
            yield start, end


def _bank_cards(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _spans(_BANK, text):
        if passes_luhn(_signs(text[start:end])):
            yield start, end


def is_identity_number(signs: str) -> bool:
    """Say whether eighteen signs are an identity number: birth day and check sign (GB 11643)."""
    if len(signs) != 18 or not signs[:17].isdigit() or not _is_day(signs[6:14]):
        return False
    total = sum(int(sign) * weight for sign, weight in zip(signs, _WEIGHTS, strict=False))
    return _CHECK_SIGNS[total % 11] == signs[17].upper()


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812), as on every bank card."""
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _signs(text: str) -> str:
    return re.sub(r"[^\dXx]", "", text)


def _is_day(digits: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}").year <= 2100
    except ValueError:
        return False


def _named(text: str, name: str) -> Iterator[tuple[int, int]]:
    if len(name) < 2:
        return
    spaced = r"\s?".join(map(re.escape, name.replace(" ", "")))
    for found in re.finditer(spaced, text, re.IGNORECASE):
        yield found.span()


def _apart(found: list[Trace]) -> list[Trace]:
    """Join what overlaps; the longer one says what it is."""
    joined: list[Trace] = []
    for each in sorted(found):
        last = joined[-1] if joined else None
        if last is None or each.start >= last.end:
            joined.append(each)
            continue
        longer = each if each.end - each.start > last.end - last.start else last
        joined[-1] = Trace(start=last.start, end=max(last.end, each.end), kind=longer.kind)
    return joined


def _replaced(text: str, found: list[Trace], put: Callable[[str, TraceKind], str]) -> str:
    pieces, done = [], 0
    for each in found:
        pieces += [text[done : each.start], put(text[each.start : each.end], each.kind)]
        done = each.end
    return "".join([*pieces, text[done:]])


def _masked(found: str, kind: TraceKind) -> str:
    if kind is not TraceKind.PHONE:
        return STARS
    digits = re.sub(r"[^\d+]", "", _folded(found).translate(_NUMERALS))
    return mask(digits) or STARS


_LOOKED_FOR: tuple[tuple[TraceKind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    (TraceKind.IDENTITY_CARD, _identity_cards),
    (TraceKind.BANK_CARD, _bank_cards),
    (TraceKind.PHONE, _phones),
    (TraceKind.PLATE, lambda text: _both(text, _PLATE, _SAID_TO_BE_A_PLATE)),
    (TraceKind.ROOM, lambda text: _spans(_ROOM, text)),
    (TraceKind.EMAIL, lambda text: _spans(_EMAIL, text)),
    (TraceKind.ACCOUNT, lambda text: _spans(_ACCOUNT, text)),
)
_SPOKEN = frozenset({TraceKind.PHONE, TraceKind.IDENTITY_CARD, TraceKind.BANK_CARD})
"""What is looked for in Chinese numerals too; a flat's own pattern knows them."""


def _both(text: str, *patterns: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        yield from _spans(pattern, text)
