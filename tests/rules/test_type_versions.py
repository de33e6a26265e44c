"""What a type of request of one dictionary is in another; figures run across the change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.type_versions import (
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

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


def version(code: str, years: int, *kinds: str) -> TypeVersion:
    return TypeVersion(
        code=code, name_zh=code, name_en=code, basis="示例", valid_from=SINCE + years * YEAR,
        kinds=tuple(RequestKind(code=each, name_zh=each, name_en=each) for each in kinds),
    )  # fmt: skip


def word(old: str, kind: str, new: str, to: str, *, days: int = 0) -> TypeWord:
    return TypeWord(
        from_version=old, from_type=kind, to_version=new, to_type=to, basis=f"{old}→{new}",
        said_at=SINCE + timedelta(days=days),
    )  # fmt: skip


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
        RequestKind(code="ask", name_zh="咨询", name_en="Enquiry"),
        RequestKind(code="praise", name_zh="表扬", name_en="Praise", starts_clock=False),
    )
    text = write_kinds(kinds, no_clock_word="仅统计")

    assert text == "ask, 咨询, Enquiry\npraise, 表扬, Praise, 仅统计"
    assert read_kinds(text, no_clock_words=["仅统计", "counted only"], field="kinds") == kinds
    loose = "\n ask，咨询，Enquiry \n\npraise, 表扬, Praise, Counted Only\n"
    assert read_kinds(loose, no_clock_words=["仅统计", "counted only"], field="kinds") == kinds


@pytest.mark.parametrize(
    ("text", "wrong", "line"),
    [
        ("ask, 咨询", UnfitTypes, 1),
        ("ask, 咨询, Enquiry\nAsk, 咨询, Enquiry", UnfitTypes, 2),
        ("ask, 咨询, Enquiry, 也许", UnfitTypes, 1),
        ("ask, , Enquiry", UnfitTypes, 1),
        (f"ask, {'长' * 65}, Enquiry", UnfitTypes, 1),
        ("ask, 咨询, Enquiry\n\nask, 又一个, Again", TypeTwice, 3),
    ],
)
def test_a_line_that_names_no_type_is_refused_by_its_number(
    text: str, wrong: type[Exception], line: int
) -> None:
    with pytest.raises(wrong) as refusal:
        read_kinds(text, no_clock_words=["仅统计"], field="kinds")

    assert refusal.value.parameters["line"] == line  # type: ignore[attr-defined]


def test_a_dictionary_in_which_nothing_is_handled_is_refused() -> None:
    for text in ("", "praise, 表扬, Praise, 仅统计"):
        with pytest.raises(NoTypes):
            read_kinds(text, no_clock_words=["仅统计"], field="kinds")
