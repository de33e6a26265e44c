"""The tags of tickets: which may be given, and what they are called."""

from collections.abc import Collection, Sequence

from app.core.errors import Invalid
from app.core.languages import current_language
from app.rules import code_register
from app.rules.code_lists import Code, CodeList
from app.tickets.refusals import NotInRegister
from app.tickets.ticket_flags import MOST_TAGS


class TooManyTags(Invalid):
    """A ticket with so many tags is found by everything: `most`."""

    code = "too-many-tags"


def check_tags(tags: Collection[str]) -> None:
    """Refuse what is not in the list today. Raises NotInRegister, TooManyTags."""
    if len(tags) > MOST_TAGS:
        raise TooManyTags(field="tags", most=MOST_TAGS)
    if ended_among(tags):
        raise NotInRegister(field="tags")


def offered_tags() -> dict[str, str]:
    """Return the tags that can be given today, and what they are called for this reader."""
    return _named(code_register.codes_now(CodeList.TAG))


def ended_among(tags: Collection[str]) -> list[str]:
    """Return those of some tags that cannot be given today."""
    offered = {each.code for each in code_register.codes_now(CodeList.TAG)} if tags else set()
    return [each for each in tags if each not in offered]


def tag_names() -> dict[str, str]:
    """Return what every tag is called for this reader, ended ones too, in the city's order."""
    return _named(code_register.all_codes(CodeList.TAG))


def said(tags: Sequence[str]) -> list[str]:
    """Return the names of some tags; one that the list never had says its code."""
    names = tag_names() if tags else {}
    return [names.get(each, each) for each in tags]


def kept_names(tags: Sequence[str]) -> list[str]:
    """Return what some tags are called today, as the life of a ticket keeps it for ever."""
    known = {each.code: each.words.name_zh for each in code_register.all_codes(CodeList.TAG)}
    return [known.get(each, each) for each in tags]


def _named(codes: Sequence[Code]) -> dict[str, str]:
    is_english = current_language() == "en"
    return {each.code: each.words.name_en if is_english else each.words.name_zh for each in codes}
