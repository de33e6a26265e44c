"""Categories as dated data: their words, who leads by default, and what may not go to a town."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.core.database import db, unit_of_work
from app.core.seen import ChangedMeanwhile, seen_mark
from app.organisation import service as organisation
from app.organisation.models import Unit, UnitKind
from app.rules import category_register, service
from app.rules.category_words import CategoryWords, LeadLevel, UnfitCategoryCode
from app.rules.code_lists import CodeTaken
from app.rules.refusals import ChangesThePast, HasEntriesBelow
from app.rules.time_limits import UnfitLimit

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

NEW = CategoryWords(
    name="电动车充电", parent_code="02", keywords=["充电", "飞线", "充电"], initials="",
    pinyin="dian dong che chong dian", default_unit_code=None, basis="示例", position=999,
)  # fmt: skip
LINPING_TOWN = "441621109"  # 临江镇: lies in 紫金县, is run by 江东新区
ZHONGXIN = "441623110"  # 忠信镇, a town with a unit of its own


def add(code: str = "0208", **changes: Any) -> None:
    with unit_of_work():
        category_register.add_category(code, replace(NEW, **changes), begins=None)


def change(code: str, *, days: int = 0, **changes: Any) -> None:
    entry = category_register.get_category(code)
    words = replace(entry.shown(clock.now()).words, **changes)
    begins = clock.now() + timedelta(days=days) if days else None
    with unit_of_work():
        category_register.change_category(code, words, begins=begins, seen=seen_mark(asdict(entry)))


def lead(code: str, level: LeadLevel, county: str = "441623", town: str = "") -> Any:
    return category_register.default_lead(code, level, county_code=county, town_code=town)


# --- words and dates ---------------------------------------------------------------------------


def test_a_category_is_added_with_what_follows_from_its_words() -> None:
    add()

    made = service.get_category("0208")
    assert (made.initials, made.keywords) == ("ddccd", ["充电", "飞线"])
    assert "0208" in {each.code for each in service.list_categories()}


@pytest.mark.parametrize("code", ["2", "208", "0308", "02ab", "020801", "０２０８", ""])
def test_a_code_names_the_category_above_it(code: str) -> None:
    with pytest.raises(UnfitCategoryCode):
        add(code)


def test_what_a_category_names_elsewhere_must_be_there() -> None:
    with pytest.raises(CodeTaken):
        add("0201")
    with pytest.raises(organisation.UnknownUnit):
        add(default_unit_code="moon-bureau")
    with pytest.raises(UnfitLimit):
        add(limits={"help": "ten days"})


def test_a_change_from_a_date_leaves_tickets_of_today_their_words(
    frozen: time_machine.Traveller,
) -> None:
    change("0205", days=3, name="城市照明", default_unit_code="housing")

    assert service.get_category("0205").name == "路灯"
    assert [c.name for c in service.list_categories() if c.code == "0205"] == ["路灯"]
    before = clock.now()
    frozen.shift(timedelta(days=4))
    assert service.get_category("0205").name == "城市照明"
    assert service.get_category("0205", at=before).name == "路灯"
    assert lead("0205", LeadLevel.CITY).unit_code == "housing"


def test_the_past_is_not_changed_and_two_who_change_at_once_lose_nothing() -> None:
    with pytest.raises(ChangesThePast):
        change("0205", days=-1, name="从前")
    entry = category_register.get_category("0205")
    change("0205", name="我的")

    words = replace(entry.shown(clock.now()).words, name="同事的")
    with pytest.raises(ChangedMeanwhile), unit_of_work():
        category_register.change_category("0205", words, begins=None, seen=seen_mark(asdict(entry)))


def test_a_category_ends_after_what_stands_below_it(frozen: time_machine.Traveller) -> None:
    add("26", parent_code=None)
    add("2601", parent_code="26")
    with pytest.raises(HasEntriesBelow), unit_of_work():
        category_register.end_category("26", ends=None)
    frozen.shift(timedelta(minutes=1))
    with unit_of_work():
        category_register.end_category("2601", ends=None)
        category_register.end_category("26", ends=None)

    assert not {"26", "2601"} & {each.code for each in service.list_categories()}
    assert service.get_category("2601").name == "电动车充电"


def test_a_planned_change_can_be_taken_back(frozen: time_machine.Traveller) -> None:
    change("0205", days=3, name="城市照明")
    [planned] = category_register.get_category("0205").planned(clock.now())
    with unit_of_work():
        category_register.take_change_back("0205", begins=planned.valid_from)

    frozen.shift(timedelta(days=4))
    assert service.get_category("0205").name == "路灯"


@pytest.mark.parametrize(
    "text", ["0205", "路灯", "ludeng", "不亮", "urban-management 漏电", "旧灯管理", "DB-77"]
)
def test_a_word_of_any_column_finds_a_category(text: str) -> None:
    change("0205", old_label="旧灯管理", provincial_code="DB-77")
    entries = category_register.all_categories()

    found = category_register.found_in(entries, text, at=clock.now())
    assert "0205" in {each.code for each in found}
    assert len(category_register.found_in(entries, "", at=clock.now())) == len(entries)
    assert category_register.found_in(entries, "没有这样的事项", at=clock.now()) == []


# --- who leads -----------------------------------------------------------------------------------


def test_the_city_leads_by_its_bureau_and_a_first_level_speaks_for_what_is_below_it() -> None:
    assert lead("0205", LeadLevel.CITY).unit_code == "urban-management"
    change("0205", default_unit_code=None)
    change("02", default_unit_code="housing")

    assert lead("0205", LeadLevel.CITY).unit_code == "housing"


def test_a_county_leads_by_its_own_bureau_where_it_has_one_and_by_itself_where_not() -> None:
    assert lead("0201", LeadLevel.COUNTY).unit_code == "county-441623"
    with unit_of_work():
        db.session.add(
            Unit(
                code="county-441623-urban-management", name="连平县城市管理局",
                kind=UnitKind.CITY_BUREAU, region_code="441623",
            )
        )  # fmt: skip

    assert lead("0201", LeadLevel.COUNTY).unit_code == "county-441623-urban-management"
    assert lead("0201", LeadLevel.COUNTY, "441622").unit_code == "county-441622"


def test_a_matter_that_the_city_keeps_is_led_by_it_in_every_county() -> None:
    assert lead("2201", LeadLevel.COUNTY).unit_code == "housing-fund"


def test_a_matter_may_be_led_by_a_town_that_has_a_unit_of_its_own() -> None:
    found = lead("0201", LeadLevel.TOWN, town=ZHONGXIN)
    assert (found.unit_code, found.level, found.not_to_town) == (
        f"town-{ZHONGXIN}", LeadLevel.TOWN, False,
    )  # fmt: skip
    # 内莞镇 has no unit in the register: its county leads.
    assert lead("0201", LeadLevel.TOWN, town="441623102").unit_code == "county-441623"


def test_a_matter_that_may_not_go_down_to_towns_stays_in_the_county() -> None:
    found = lead("0601", LeadLevel.TOWN, town=ZHONGXIN)

    assert found.not_to_town
    assert (found.unit_code, found.level) == ("county-441623", LeadLevel.COUNTY)
    assert service.get_category("0601").not_to_town is False  # its first level guards it


def test_a_guard_that_is_lifted_from_a_date_holds_until_then(
    frozen: time_machine.Traveller,
) -> None:
    change("06", days=2, not_to_town=False, town_lead="own")
    assert lead("0601", LeadLevel.TOWN, town=ZHONGXIN).level is LeadLevel.COUNTY

    frozen.shift(timedelta(days=2))
    assert lead("0601", LeadLevel.TOWN, town=ZHONGXIN).unit_code == f"town-{ZHONGXIN}"


def test_a_town_run_by_another_body_is_led_by_that_body_whatever_county_was_chosen() -> None:
    for county in ("441621", "FA-JD"):
        found = lead("0201", LeadLevel.COUNTY, county, LINPING_TOWN)
        assert found.unit_code == "fa-jd"
    assert lead("0201", LeadLevel.COUNTY, "441621", "441621100").unit_code == "county-441621"


def test_towns_of_one_name_have_each_their_own_lead() -> None:
    leads = {
        lead("0201", LeadLevel.TOWN, county, town).unit_code
        for county, town in (("441622", "441622127"), ("441623", "441623101"))
    }

    assert leads == {"town-441622127", "town-441623101"}


def test_nobody_is_guessed_where_the_register_names_nobody() -> None:
    assert lead("2501", LeadLevel.COUNTY, county="").unit_code is None
    assert lead("2501", LeadLevel.COUNTY, county="999999").unit_code is None
    with pytest.raises(service.UnknownCategory):
        lead("7777", LeadLevel.CITY)


def test_a_category_may_have_a_limit_of_its_own_for_a_type() -> None:
    change("07", limits={"help": " 5WD ", "consult": ""})

    assert category_register.limit_of("0701", "help") == "5wd"
    assert category_register.limit_of("0701", "consult") is None
    assert category_register.limit_of("0201", "help") is None


def test_an_older_database_gets_leads_once_and_what_somebody_set_stays() -> None:
    with unit_of_work():
        for code, basis in (("06", ""), ("07", "本市规定")):
            row = service.get_category(code)
            row.county_lead, row.not_to_town, row.basis = "", False, basis
    with unit_of_work():
        assert service.load_categories() == 0

    assert service.get_category("06").not_to_town
    assert not service.get_category("07").not_to_town
