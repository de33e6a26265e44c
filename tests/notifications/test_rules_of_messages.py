"""When a message goes, whom it can reach, which words it may have: pure rules."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.clock import CITY_TIME
from app.core.phone_numbers import ERASED
from app.notifications.body_template import body_of
from app.notifications.occasions import (
    CONFIDENTIAL,
    FIELDS,
    TABLE,
    Haste,
    Occasion,
    Recipient,
    Way,
    hurries,
    tellings_of,
    template_for,
)
from app.notifications.reach import WhyNot, why_unreachable
from app.notifications.send_times import LONGEST_PAUSE, pause_after, send_at
from app.notifications.template_text import (
    LoneBrace,
    UnknownField,
    checked,
    fields_in,
    filled,
    on_one_line,
    sms_parts,
)
from app.rules.quiet_hours import UnfitQuietHours, read_quiet_hours

NIGHT = read_quiet_hours("22:00-07:30")
NOON = read_quiet_hours("12:00-14:30")
TEXTS = Path("app/notifications/data/message_texts.csv")


def here(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY_TIME)


# --- when ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wished", "goes"),
    [
        (here(23, 21, 59), here(23, 21, 59)),
        (here(23, 22), here(24, 7, 30)),
        (here(23, 23, 59), here(24, 7, 30)),
        (here(24, 0), here(24, 7, 30)),
        (here(24, 7, 29), here(24, 7, 30)),
        (here(24, 7, 30), here(24, 7, 30)),
        (here(24, 12), here(24, 12)),
    ],
)
def test_what_does_not_hurry_waits_until_the_quiet_hours_end(
    wished: datetime, goes: datetime
) -> None:
    assert send_at(wished.astimezone(UTC), quiet=NIGHT, is_urgent=False) == goes


def test_what_hurries_goes_at_night_and_so_does_all_where_no_hours_are_quiet() -> None:
    midnight = here(24, 0)

    assert send_at(midnight, quiet=NIGHT, is_urgent=True) == midnight
    assert send_at(midnight, quiet=read_quiet_hours("none"), is_urgent=False) == midnight


def test_quiet_hours_need_not_go_over_midnight() -> None:
    assert send_at(here(23, 12, 1), quiet=NOON, is_urgent=False) == here(23, 14, 30)
    assert send_at(here(23, 11, 59), quiet=NOON, is_urgent=False) == here(23, 11, 59)
    assert send_at(here(23, 23), quiet=NOON, is_urgent=False) == here(23, 23)


@pytest.mark.parametrize("written", ["", "22:00", "22:00-22:00", "24:00-07:00", "22:60-07:00", "x"])
def test_quiet_hours_are_two_times_of_day_that_differ(written: str) -> None:
    with pytest.raises(UnfitQuietHours):
        read_quiet_hours(written)


def test_pauses_grow_and_never_beyond_an_hour() -> None:
    pauses = [pause_after(tries) for tries in range(1, 60)]

    assert pauses[:4] == [timedelta(seconds=15 * 4**nth) for nth in range(4)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


# --- whom ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "by_text", "by_voice"),
    [
        ("+8613900002817", None, None),
        ("13900002817", None, None),
        ("+867623333333", WhyNot.LANDLINE, None),
        ("0762-3333333", WhyNot.LANDLINE, None),
        ("12345", WhyNot.OFFICE, WhyNot.OFFICE),
        ("95598", WhyNot.OFFICE, WhyNot.OFFICE),
        ("", WhyNot.NUMBER_HIDDEN, WhyNot.NUMBER_HIDDEN),
        ("anonymous", WhyNot.NUMBER_HIDDEN, WhyNot.NUMBER_HIDDEN),
        ("+85221234567", WhyNot.ABROAD, WhyNot.ABROAD),
        (ERASED, WhyNot.ERASED, WhyNot.ERASED),
    ],
)
def test_a_text_reaches_mobiles_and_a_call_landlines_too(
    address: str, by_text: WhyNot | None, by_voice: WhyNot | None
) -> None:
    assert why_unreachable(Way.SMS, address) is by_text
    assert why_unreachable(Way.IM, address) is by_text
    assert why_unreachable(Way.VOICE, address) is by_voice


def test_mail_needs_an_address() -> None:
    assert why_unreachable(Way.EMAIL, "duty@example.cn") is None
    assert why_unreachable(Way.EMAIL, "") is WhyNot.NO_ADDRESS
    assert why_unreachable(Way.EMAIL, "@") is WhyNot.NO_ADDRESS


# --- who is told what ------------------------------------------------------------------------


def test_every_occasion_tells_somebody_and_nobody_twice_by_the_same_way() -> None:
    assert [each for each in Occasion if not tellings_of(each)] == []
    lines = [(each.occasion, each.to, each.way) for each in TABLE]
    assert len(lines) == len(set(lines))


def test_every_text_is_shipped_in_both_languages_with_fields_that_it_has() -> None:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = {(row["template"], row["language"]): row for row in csv.DictReader(file)}

    assert set(rows) == {(name, language) for name in FIELDS for language in ("zh-CN", "en")}
    for (name, _language), row in rows.items():
        for field in ("subject", "body"):
            assert checked(row[field], known=FIELDS[name], field=field) == row[field]
    assert {each.template for each in TABLE} <= set(FIELDS)


def test_under_confidentiality_no_text_for_callers_can_name_the_matter() -> None:
    # what is read aloud to whoever picks up is never told of such a matter (`telling`)
    to_callers = [
        each for each in TABLE if each.to is Recipient.CALLER and not each.is_spoken_instead
    ]
    secret = [template_for(each, is_confidential=True) for each in to_callers]

    assert all(name.endswith(CONFIDENTIAL) for name in secret)
    assert all(not FIELDS[name] & {"title", "reply"} for name in secret)
    assert [template_for(each, is_confidential=False) for each in to_callers] == [
        each.template for each in to_callers
    ]


def test_an_escalation_ignores_quiet_hours_and_callers_are_never_woken() -> None:
    assert all(each.haste is Haste.ALWAYS for each in tellings_of(Occasion.ESCALATED))
    for each in TABLE:
        if each.to is Recipient.CALLER:
            assert not hurries(each, is_urgent_ticket=True)
    [dispatched, *_] = tellings_of(Occasion.TICKET_DISPATCHED)
    assert hurries(dispatched, is_urgent_ticket=True)
    assert not hurries(dispatched, is_urgent_ticket=False)


# --- words -----------------------------------------------------------------------------------


def test_an_unknown_field_is_refused_where_it_stands() -> None:
    with pytest.raises(UnknownField) as refused:
        checked("工单{number}请于{dew}前", known={"number", "due"}, field="body")

    assert refused.value.field == "body"
    assert refused.value.parameters["name"] == "{dew}"
    assert refused.value.parameters["position"] == 13


@pytest.mark.parametrize(("text", "position"), [("工单{number", 3), ("a}b", 2), ("{{number}}", 1)])
def test_a_lone_brace_is_refused_where_it_stands(text: str, position: int) -> None:
    with pytest.raises(LoneBrace) as refused:
        checked(text, known={"number"}, field="body")

    assert refused.value.parameters["position"] == position


def test_chinese_braces_and_blanks_are_understood() -> None:
    assert checked("工单｛ number ｝", known={"number"}, field="body") == "工单{number}"


def test_what_a_value_holds_in_braces_is_no_field() -> None:
    assert filled("{title} {number}", {"title": "{number}", "number": "7"}) == "{number} 7"
    assert fields_in("{a}｛ b ｝") == {"a", "b"}
    assert on_one_line("a\r\nBcc: b") == "a Bcc: b"


def test_long_texts_are_several_text_messages() -> None:
    assert [sms_parts("路" * length) for length in (0, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert sms_parts("\U0001f6a6" * 36) == 2  # one sign, two units


def test_no_text_breaks_out_of_its_string_in_a_body() -> None:
    template = {"to": "{to}", "more": [{"text": "[{text}]"}, 7]}
    nasty = '", "to": "+8613800000000'

    assert body_of(template, {"to": "1", "text": nasty}) == {
        "to": "1",
        "more": [{"text": f"[{nasty}]"}, 7],
    }
