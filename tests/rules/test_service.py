import csv
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import service

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture
def rules(app: Flask) -> Flask:
    """Load the categories and the wrap-up codes."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        service.load_categories()
        service.load_wrap_up_codes()
    return app


@pytest.mark.postgresql
def test_the_first_level_is_01_to_25_and_99() -> None:
    first = [category.code for category in service.list_categories() if not category.parent_code]

    assert first == [*(f"{number:02}" for number in range(1, 26)), "99"]


def test_every_second_level_stands_below_its_first_level_in_the_list() -> None:
    codes = [category.code for category in service.list_categories()]

    assert codes == sorted(codes)
    for category in service.list_categories():
        assert category.parent_code in (None, category.code[:2])


def test_every_category_can_be_found_by_keywords_and_pinyin_initials() -> None:
    for category in service.list_categories():
        assert category.keywords, category.code
        assert category.initials.isascii()
        assert category.initials.islower()


@pytest.mark.parametrize(
    ("code", "initials"),
    [("0602", "yfk"), ("22", "zfgjj"), ("0903", "ydjy"), ("2003", "ck"), ("0401", "jtwfcl")],
)
def test_initials_are_those_that_agents_type(code: str, initials: str) -> None:
    assert service.get_category(code).initials == initials


def test_initials_have_one_letter_for_each_character() -> None:
    for category in service.list_categories():
        characters = [sign for sign in category.name if "一" <= sign <= "鿿"]
        assert len(category.initials) == len(characters), category.name


def test_a_default_unit_is_a_unit_of_the_register() -> None:
    units = {unit.code for unit in organisation.list_units()}
    named = {category.default_unit_code for category in service.list_categories()}

    assert named - {None} <= units
    assert service.get_category("0602").default_unit_code == "market-regulation"


def test_a_category_ends_at_the_moment_it_says_and_stays_readable() -> None:
    with unit_of_work():
        service.get_category("0506").valid_until = AT

    def held(at: datetime) -> set[str]:
        return {category.code for category in service.list_categories(at=at)}

    assert "0506" in held(AT - timedelta(microseconds=1))
    assert "0506" not in held(AT)
    assert service.get_category("0506").name == "养犬"


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(service.UnknownCategory):
        service.get_category("7777")


def test_wrap_up_codes_have_names_in_both_languages() -> None:
    codes = service.list_wrap_up_codes()

    assert [code.code for code in codes][:2] == ["answered", "ticket_opened"]
    assert all(code.name_zh and code.name_en for code in codes)
    assert {"silent_call", "harassment", "wrong_number", "line_dropped", "other"} <= {
        code.code for code in codes
    }


@pytest.mark.postgresql
def test_loading_twice_changes_nothing() -> None:
    with unit_of_work():
        assert service.load_categories() == 0
        assert service.load_wrap_up_codes() == 0


def test_the_file_names_each_category_once() -> None:
    with (service.DATA / "categories.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]

    assert len(codes) == len(set(codes))


def test_the_whole_pinyin_has_the_initials_that_agents_type() -> None:
    for category in service.list_categories():
        syllables = category.pinyin.split()
        assert "".join(each[0] for each in syllables) == category.initials, category.name
        assert category.pinyin.replace(" ", "").isalpha()
    assert service.get_category("0602").pinyin == "yu fu ka"
    assert service.get_category("1602").pinyin == "lv you"


def test_an_older_database_gets_its_pinyin_but_not_a_category_that_the_city_renamed() -> None:
    with unit_of_work():
        service.get_category("0602").pinyin = ""
        renamed = service.get_category("0205")
        renamed.name, renamed.pinyin = "照明", ""

    with unit_of_work():
        assert service.load_categories() == 0

    assert service.get_category("0602").pinyin == "yu fu ka"
    assert service.get_category("0205").pinyin == ""


def test_exclusions_and_words_that_hurry_are_dated_and_loaded_once() -> None:
    with unit_of_work():
        assert service.load_exclusions() == 9
        assert service.load_urgency_words() > 20
    with unit_of_work():
        assert (service.load_exclusions(), service.load_urgency_words()) == (0, 0)
        service.get_exclusion("X5").valid_until = AT
        words = service.list_urgency_words(at=AT)
        words[0].valid_until = AT

    codes = [each.code for each in service.list_exclusions(at=AT)]
    assert codes == ["X1", "X2", "X3", "X4", "X6", "X7", "X8", "X9"]
    assert service.get_exclusion("X5").told_words
    assert words[0].word not in {each.word for each in service.list_urgency_words(at=AT)}
