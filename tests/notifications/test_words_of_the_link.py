"""In which words a caller is asked by a link: the city may change them, and is told of it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.core.handed_down import hand_down
from app.notifications import message_texts
from app.notifications.occasions import FIELDS
from app.notifications.visit_invitation import CitizenSite
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast
from tests.notifications.links_sent import link_to, result_told

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen", "citizen_site")]

SignIn = Callable[..., PageClient]
RESULT_TEXT = "/messages/texts/result_caller/zh-CN"
NO_QUESTION = "正文没有 {visit}"


def test_the_citys_own_words_may_put_the_line_anywhere_and_it_stays_a_line(cast: Cast) -> None:
    with unit_of_work():
        message_texts.set_text(
            "result_caller", "zh-CN", subject="结果", body="{reply}{visit}谢谢", valid_from=None
        )
    ticket_id = play.audited(cast)

    assert result_told(ticket_id).body.split("\n")[2] == "谢谢"
    assert link_to(ticket_id).isascii()


def test_the_words_are_tried_out_with_a_link_and_a_site_without_links_is_told(
    app: Flask, sign_in_as: SignIn
) -> None:
    manager = sign_in_as("hotline_manager")
    page = manager.get("/messages/texts/result_caller/en").text
    assert "Please tell us how it was handled" in page
    assert "连同回访链接" in page
    assert "没有设置公众访问地址" not in page

    hand_down(app, CitizenSite(address=""))
    assert "没有设置公众访问地址" in manager.get("/messages/texts/result_caller/en").text
    assert "没有设置公众访问地址" not in manager.get("/messages/texts/opened_caller/en").text


def test_words_that_leave_the_link_out_are_warned_of_beside_the_field_and_when_they_are_saved(
    cast: Cast, sign_in_as: SignIn
) -> None:
    manager = sign_in_as("hotline_manager")
    assert NO_QUESTION not in manager.get(RESULT_TEXT).text
    typed = {"subject": "结果", "body": "办理结果：{reply}", "valid_from": ""}

    tried_out = manager.post(RESULT_TEXT, data={**typed, "act": "preview"}).text
    assert NO_QUESTION in tried_out.split('id="body-warning"')[1][:200]
    saved_at = manager.post(RESULT_TEXT, data={**typed, "act": "save"})
    assert NO_QUESTION in manager.get(saved_at.location).text
    assert NO_QUESTION in manager.get(RESULT_TEXT).text
    assert not result_told(play.audited(cast)).asks_visit  # as it was warned


def test_words_that_never_had_a_link_are_not_warned_of(sign_in_as: SignIn) -> None:
    manager = sign_in_as("hotline_manager")

    for template in ("result_caller_confidential", "opened_caller"):
        assert NO_QUESTION not in manager.get(f"/messages/texts/{template}/zh-CN").text


@pytest.mark.parametrize(
    ("typed", "where", "words"),
    [
        ({"body": "请评价：{visit}"}, "body-error", "有 {visit} 的正文也要有 {reply}"),
        ({"subject": "结果{visit}"}, "subject-error", "{visit} 不是可用的字段"),
    ],
)
@pytest.mark.parametrize("act", ["preview", "save"])
def test_nobody_is_asked_about_a_result_that_he_is_not_told_or_in_a_subject(
    sign_in_as: SignIn, typed: dict[str, str], where: str, words: str, act: str
) -> None:
    whole = {"subject": "结果", "body": "{reply}{visit}", "valid_from": "", "act": act, **typed}
    refused = sign_in_as("hotline_manager").post(RESULT_TEXT, data=whole)

    assert refused.status_code == 422
    assert words in refused.text.split(f'id="{where}"')[1][:300]
    assert len(message_texts.history("result_caller", "zh-CN")) == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("template", sorted(FIELDS))
def test_the_page_of_a_text_names_it_and_each_of_its_fields_in_words(
    sign_in_as: SignIn, template: str, language: str
) -> None:
    manager = sign_in_as("hotline_manager")
    manager.post("/language", data={"language": language})

    page = manager.get(f"/messages/texts/{template}/{language}").text

    assert (
        re.findall(r"notifications\.\w+(?![\w(.])", re.sub(r'(href|action|src)="[^"]*"', "", page))
        == []
    )


def test_only_what_goes_as_a_text_is_counted_in_texts(sign_in_as: SignIn) -> None:
    manager = sign_in_as("hotline_manager")

    assert "短信 " in manager.get("/messages/texts/result_caller/zh-CN").text.split("试看")[-1]
    assert "短信 " not in manager.get("/messages/texts/result_spoken/zh-CN").text.split("试看")[-1]
