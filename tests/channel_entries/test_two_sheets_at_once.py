"""Two sheets of one channel name the same case at the same moment: it is entered once."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.channel_entries import case_import, channel_register
from app.core.database import unit_of_work
from app.core.workbooks import read_workbook
from tests import people
from tests.channel_entries.clerks import GOOD, all_tickets, channel_id, load_channels, workbook
from tests.handling.test_two_at_once import both

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def test_the_slower_one_finds_its_cases_entered_and_loses_none(app: Flask) -> None:
    load_channels()
    here = channel_id("tourism-site")
    unit_id = channel_register.get_channel(here).words.owner_unit_id
    clerks = [people.one_person("channel_clerk", unit_id=unit_id).id for _each in range(2)]
    only_own = [{**GOOD, "渠道编号": "WL-2"}, {**GOOD, "渠道编号": "WL-3"}]

    def taking(place: int) -> Callable[[], object]:
        rows = read_workbook(workbook(GOOD, only_own[place]))
        with unit_of_work():
            upload_id = case_import.keep_upload(here, rows, by=clerks[place])
        return lambda: case_import.take_portion(here, upload_id, unit_id=unit_id, by=clerks[place])

    said = both(app, taking(0), taking(1))

    assert said == ["done", "done"]
    assert sorted(each.source_no or "" for each in all_tickets()) == ["WL-1", "WL-2", "WL-3"]
