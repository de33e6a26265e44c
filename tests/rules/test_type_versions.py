"""What a type of request of one dictionary is in another; figures run across the change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.type_natures import Nature
from app.rules.type_versions import (
    LimitUnfit,
    NatureChanged,
    NatureMissing,
    NoTypes,
    RequestKind,
    TypeBook,
    TypeTwice,
    TypeVersion,
    TypeWord,
    UnfitTypes,
    UnknownTypeVersion,
    read_kinds,
    write_kinds,
)

NATURES = {"ask": Nature.CONSULT, "question": Nature.CONSULT, "report": Nature.REPORT}
WORDS = {"咨询": Nature.CONSULT, "仅统计": Nature.STATISTICAL, "Counted only": Nature.STATISTICAL}
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


def version(code: str, years: int, *kinds: str) -> TypeVersion:
    return TypeVersion(
        code=code, name_zh=code, name_en=code, basis="示例", valid_from=SINCE + years * YEAR,
        kinds=tuple(
            RequestKind(
                code=each, name_zh=each, name_en=each,
                nature=NATURES.get(each, Nature.COMPLAINT),
            )
            for each in kinds
        ),
    )  # fmt: skip


def word(old: str, kind: str, new: str, to: str, *, days: int = 0) -> TypeWord:
    return TypeWord(
        from_version=old, from_type=kind, to_version=new, to_type=to, basis=f"{old}→{new}",
        said_at=SINCE + timedelta(days=days),
    )  # fmt: skip


def read(text: str, *, known: Mapping[str, Nature] | None = None) -> tuple[RequestKind, ...]:
    return read_kinds(text, nature_words=WORDS, known=known or {}, field="kinds")


SEVEN = version("seven", 0, "ask", "lazy_office", "plain", "shop")
FIVE = version("five", 5, "ask", "complaint", "report")
THREE = version("three", 6, "question", "complaint")
BOOK = TypeBook(
    versions=(SEVEN, FIVE, THREE),
    mappings=(
        word("seven", "ask", "five", "ask"),
        word("seven", "lazy_office", "five", "complaint"),
        word("seven", "plain", "five", "complaint"),
        word("seven", "shop", "five", ""),
        word("five", "ask", "three", "question"),
        word("five", "complaint", "three", "complaint"),
    ),
)


def test_several_old_types_may_be_one_new_type() -> None:
    found = [BOOK.mapped(each.code, "seven", "five").code for each in SEVEN.kinds]

    assert found == ["ask", "complaint", "complaint", None]
    assert BOOK.mapped("plain", "seven", "five").bases == ("seven→five",)


def test_what_nobody_said_is_unmapped_even_where_the_names_are_equal() -> None:
    silent = TypeBook(versions=(SEVEN, FIVE))

    assert silent.mapped("ask", "seven", "five").is_unmapped
    assert BOOK.mapped("report", "five", "three").is_unmapped
    assert BOOK.mapped("nonsense", "seven", "five").is_unmapped
    assert BOOK.mapped("nonsense", "seven", "seven").is_unmapped


def test_a_type_goes_step_by_step_where_nobody_said_it_directly() -> None:
    found = BOOK.mapped("lazy_office", "seven", "three")

    assert found.code == "complaint"
    assert found.bases == ("seven→five", "five→three")


def test_a_direct_word_counts_more_than_the_way_round() -> None:
    direct = TypeBook(
        versions=BOOK.versions,
        mappings=(*BOOK.mappings, word("seven", "plain", "three", "question")),
    )

    assert direct.mapped("plain", "seven", "three").code == "question"
    none = word("seven", "plain", "three", "")
    refused = TypeBook(versions=BOOK.versions, mappings=(*BOOK.mappings, none))
    assert refused.mapped("plain", "seven", "three").is_unmapped


def test_an_earlier_dictionary_is_never_guessed_from_a_later_one() -> None:
    assert BOOK.mapped("complaint", "five", "seven").is_unmapped
    assert BOOK.mapped("complaint", "five", "five").code == "complaint"


def test_what_was_said_at_first_can_still_be_told() -> None:
    later = word("seven", "shop", "five", "report", days=100)
    book = TypeBook(versions=BOOK.versions, mappings=(*BOOK.mappings, later))

    assert book.mapped("shop", "seven", "five").code == "report"
    before = SINCE + timedelta(days=99)
    assert book.mapped("shop", "seven", "five", at=before).is_unmapped


def test_the_dictionary_of_a_moment_is_the_last_that_began() -> None:
    assert BOOK.version_at(SINCE + 4 * YEAR).code == "seven"
    assert BOOK.version_at(SINCE + 5 * YEAR).code == "five"
    assert BOOK.version_at(SINCE - YEAR).code == "seven"
    with pytest.raises(UnknownTypeVersion):
        TypeBook(versions=()).version_at(SINCE)
    with pytest.raises(UnknownTypeVersion):
        BOOK.mapped("ask", "seven", "nine")


@given(
    st.dictionaries(
        st.sampled_from(["ask", "lazy_office", "plain", "shop", "strange"]), st.integers(0, 9999)
    )
)
def test_no_figure_gets_lost_across_a_change(counts: dict[str, int]) -> None:
    for target in ("five", "three"):
        found = BOOK.recounted(counts, "seven", target)

        assert found.total == sum(counts.values())
        assert set(found.unmapped) <= {"shop", "strange"}


def test_a_dictionary_is_read_as_it_is_written() -> None:
    kinds = (
        RequestKind(
            code="ask", name_zh="咨询", name_en="Enquiry", nature=Nature.CONSULT, limit="3wd"
        ),
        RequestKind(code="praise", name_zh="表扬", name_en="Praise", nature=Nature.STATISTICAL),
    )
    said = {Nature.CONSULT: "咨询", Nature.STATISTICAL: "仅统计"}
    text = write_kinds(kinds, nature_words=said)

    assert text == "ask, 咨询, Enquiry, 咨询, 3wd\npraise, 表扬, Praise, 仅统计"
    assert read(text) == kinds
    loose = "\n ask，咨询，Enquiry ，咨询，3 WD\n\npraise, 表扬, Praise, Counted Only\n"
    assert read(loose) == kinds


def test_a_code_that_is_kept_keeps_its_nature_unsaid_and_a_new_one_says_it() -> None:
    [kept] = read("ask, 咨询, Enquiry", known={"ask": Nature.CONSULT})
    assert kept.nature is Nature.CONSULT
    with pytest.raises(NatureMissing):
        read("ask, 咨询, Enquiry\nnovel, 新的, New", known={"ask": Nature.CONSULT})


def test_a_code_has_one_nature_in_all_dictionaries() -> None:
    other = version("other", 7, "ask")
    kinds = (replace(other.kinds[0], nature=Nature.REPORT),)

    BOOK.check_natures(other)
    with pytest.raises(NatureChanged):
        BOOK.check_natures(replace(other, kinds=kinds))
    alone = TypeBook(versions=(replace(other, kinds=kinds),))
    alone.check_natures(other)  # the one that is written anew may say otherwise


def test_what_has_ended_is_known_behind_what_holds_and_called_as_it_was_last() -> None:
    known = BOOK.known_at(SINCE + 6 * YEAR)

    assert list(known) == ["question", "complaint", "ask", "report", "lazy_office", "plain", "shop"]
    assert BOOK.kind_at("shop", SINCE + 6 * YEAR) == SEVEN.kind("shop")
    assert BOOK.kind_at("report", SINCE) == FIVE.kind("report")
    assert BOOK.kind_at("nonsense", SINCE) is None


def test_rules_ask_for_the_nature_of_every_type_of_any_time() -> None:
    assert BOOK.nature("shop") is Nature.COMPLAINT
    assert TypeBook(versions=()).nature("report") is Nature.REPORT
    assert TypeBook(versions=()).nature("nonsense") is Nature.COMPLAINT
    assert [each.code for each in TypeBook(versions=()).offered_at(SINCE)] == [
        "consult", "complaint", "help", "suggestion", "report",
    ]  # fmt: skip


def test_a_limit_of_its_own_is_found_with_the_basis_of_its_dictionary() -> None:
    kinds = (replace(FIVE.kinds[0], limit="3wd"), *FIVE.kinds[1:])
    book = TypeBook(versions=(SEVEN, replace(FIVE, kinds=kinds, basis="省里通知")))

    own = book.own_limit("ask", SINCE + 5 * YEAR)
    assert (str(own.limit), own.basis) == ("3wd", "省里通知") if own else False
    assert book.own_limit("ask", SINCE) is None
    assert book.own_limit("complaint", SINCE + 5 * YEAR) is None


@pytest.mark.parametrize(
    ("text", "wrong", "line"),
    [
        ("ask, 咨询", UnfitTypes, 1),
        ("ask, 咨询, Enquiry, 咨询\nAsk, 咨询, Enquiry, 咨询", UnfitTypes, 2),
        ("ask, 咨询, Enquiry, 也许", NatureMissing, 1),
        ("ask, 咨询, Enquiry", NatureMissing, 1),
        ("ask, 咨询, Enquiry, 咨询, bald", LimitUnfit, 1),
        ("ask, 咨询, Enquiry, 咨询, 2wd, 3wd", UnfitTypes, 1),
        ("ask, 咨询, Enquiry, 咨询\npraise, 表扬, Praise, 仅统计, 2wd", LimitUnfit, 2),
        ("ask, , Enquiry", UnfitTypes, 1),
        (f"ask, {'长' * 65}, Enquiry", UnfitTypes, 1),
        ("ask, 咨询, Enquiry, 咨询\n\nask, 又一个, Again, 咨询", TypeTwice, 3),
    ],
)
def test_a_line_that_names_no_type_is_refused_by_its_number(
    text: str, wrong: type[Exception], line: int
) -> None:
    with pytest.raises(wrong) as refusal:
        read(text)

    assert refusal.value.parameters["line"] == line  # type: ignore[attr-defined]


def test_a_dictionary_in_which_nothing_is_handled_is_refused() -> None:
    for text in ("", "praise, 表扬, Praise, 仅统计"):
        with pytest.raises(NoTypes):
            read(text)
