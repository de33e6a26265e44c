"""How the hotline calls itself, as who keeps the rules sets it and everybody reads it (R30)."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError

from app.audit.models import AuditLine
from app.core import clock
from app.core.database import db, unit_of_work
from app.notifications import message_texts
from app.rules import brand_register
from app.rules.brand_register import BrandWords
from tests.administration.keepers import HTML, errors_of, page, value_of
from tests.conftest import PageClient
from tests.ticket_desks.pictures import WHERE, chunk, photo, png

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SignIn = Callable[..., PageClient]
ADDRESS = "/administration/brand"
NEW = {
    "name_zh": "即接即办", "name_en": "Answered at once", "basis": "粤府办 2026 年 1 号文",
    "valid_from": "",
}  # fmt: skip


@pytest.fixture
def manager(sign_in_as: SignIn) -> PageClient:
    """Sign in who keeps the rules."""
    return sign_in_as("hotline_manager")


def send(browser: PageClient, logo: bytes | None = None, **changes: str) -> Any:
    """Send the form, with a picture or without."""
    name = changes.pop("file_name", "logo.png")
    data: dict[str, Any] = {**NEW, **changes}
    if logo is not None:
        data["logo"] = (io.BytesIO(logo), name)
    return browser.post(ADDRESS, data=data, headers=HTML, content_type="multipart/form-data")


def logos_in(html: str) -> list[str]:
    return re.findall(r'<img class="brand-logo[^"]*" src="([^"]*)"', html)


def test_before_any_name_was_set_the_products_own_name_stands_on_every_page(
    manager: PageClient,
) -> None:
    read = page(manager, ADDRESS)

    assert "12345 政务服务便民热线</a>" in read
    assert "尚未设置，现显示“12345 政务服务便民热线”" in read
    assert logos_in(read) == []


class TestWhereTheSettingsNameTheHotline:
    """SITE_NAME is how the hotline is called before it was ever named with a date."""

    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Name it."""
        return {**environment, "SITE_NAME": "河源12345"}

    def test_the_name_of_the_settings_holds_until_a_dated_one_does(
        self, manager: PageClient
    ) -> None:
        assert "河源12345</a>" in page(manager, ADDRESS)

        assert send(manager).status_code == 302

        assert "即接即办</a>" in page(manager, ADDRESS)


def test_a_name_stands_at_the_top_of_every_page_at_the_sign_in_and_on_citizens_pages(
    manager: PageClient, client: Any
) -> None:
    assert send(manager, png()).status_code == 302

    read = page(manager, "/administration")
    assert "即接即办</a>" in read
    assert "· 即接即办</title>" in read
    [address] = set(logos_in(read))
    for path in ("/sign-in", "/progress"):
        told = client.get(path, headers=HTML).text
        assert "即接即办</p>" in told
        assert logos_in(told) == [address]
    picture = client.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert "immutable" in picture.headers["Cache-Control"]


def test_who_reads_english_reads_the_english_name(manager: PageClient) -> None:
    send(manager)
    manager.post("/language", data={"locale": "en", "next": "/"})

    assert "Answered at once</a>" in page(manager, ADDRESS)


def test_a_name_that_is_planned_holds_from_its_moment_and_not_before(
    manager: PageClient, sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    send(manager)
    begins = (clock.now() + timedelta(days=1)).astimezone(clock.CITY_TIME)
    assert send(manager, name_zh="粤省心", valid_from=f"{begins:%Y-%m-%dT%H:%M}").status_code == 302
    read = page(manager, ADDRESS)
    assert "即接即办</a>" in read
    assert "待启用" in read

    frozen.shift(timedelta(days=1))

    assert "粤省心</a>" in page(sign_in_as("hotline_manager"), ADDRESS)


def test_a_picture_is_kept_without_what_programs_write_beside_it(manager: PageClient) -> None:
    send(manager, png())

    now = brand_register.holding()
    assert now is not None
    assert now.logo is not None
    assert WHERE in png()
    assert WHERE not in now.logo


def test_a_picture_stays_with_the_next_name_unless_it_is_to_go(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    send(manager, png())
    frozen.shift(60)
    send(manager, name_zh="粤省心")
    assert len(logos_in(page(manager, "/administration"))) == 1
    frozen.shift(60)

    send(manager, name_zh="粤省心", drops_logo="y")

    assert logos_in(page(manager, "/administration")) == []


@pytest.mark.parametrize(
    ("logo", "name", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png", "只能用 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "只能用 PNG"),
        (photo(), "logo.png", "只能用 PNG"),
        (photo(), "logo.jpg", "只能用 PNG"),
        (png(), "logo.gif", "PNG"),
        (png()[:40], "logo.png", "不完整"),
        (png(wide=1201, high=4), "logo.png", "1200×400"),
        (png(wide=4, high=401), "logo.png", "1200×400"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 200 * 1024, "logo.png", "200 KB"),
    ],
    ids=[
        "svg as png",
        "svg",
        "photo as png",
        "photo",
        "other ending",
        "cut",
        "wide",
        "high",
        "large",
    ],
)
def test_a_picture_that_is_none_of_ours_is_refused_at_its_place_and_nothing_typed_is_lost(
    manager: PageClient, logo: bytes, name: str, told: str
) -> None:
    answer = send(manager, logo, file_name=name)

    assert answer.status_code in {409, 422}
    assert told in errors_of(answer.text, "logo")
    assert value_of(answer.text, "name_zh") == "即接即办"
    assert brand_register.all_versions() == []


@pytest.mark.parametrize("field", ["name_zh", "name_en", "basis"])
def test_a_name_needs_both_languages_and_a_basis(manager: PageClient, field: str) -> None:
    answer = send(manager, **{field: " "})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)


def test_a_name_never_begins_in_the_past(manager: PageClient) -> None:
    answer = send(manager, valid_from="2020-01-01T00:00")

    assert answer.status_code == 422
    assert errors_of(answer.text, "valid_from")


def test_it_is_audited_who_named_the_hotline(manager: PageClient) -> None:
    send(manager, png())

    db.session.rollback()
    [line] = db.session.scalars(db.select(AuditLine).where(AuditLine.kind == "brand.set"))
    assert (line.subject_id, line.data["name_en"]) == ("即接即办", "Answered at once")


@pytest.mark.parametrize("role", ["agent", "dispatcher", "auditor", "outsourced_agent", "leader"])
def test_who_keeps_no_rules_does_not_name_the_hotline(sign_in_as: SignIn, role: str) -> None:
    browser = sign_in_as(role)

    assert browser.get(ADDRESS).status_code == 403
    assert send(browser).status_code == 403


def test_a_message_may_be_signed_with_the_name_in_the_language_of_its_text(
    manager: PageClient,
) -> None:
    send(manager)
    with unit_of_work():
        message_texts.set_text(
            "result_caller", "zh-CN", subject="结果", body="【{brand}】{reply}{visit}",
            valid_from=None,
        )  # fmt: skip

    version = message_texts.holding("result_caller", "zh-CN", clock.now())
    with force_locale("zh_Hans_CN"):
        body = message_texts.written(version, {"reply": "已修好", "visit": ""})[1]
    assert body == "【即接即办】已修好"
    assert "{brand}" in page(manager, "/messages/texts/result_caller/zh-CN")


def test_a_picture_that_nobody_set_is_not_found(client: Any) -> None:
    assert client.get("/brand/0123.png").status_code == 404
    assert client.get("/brand/.png").status_code == 404


def test_a_page_whose_database_is_gone_says_so_under_the_name_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unit_of_work():
        brand_register.set_brand(
            BrandWords(name_zh="即接即办", name_en="At once", basis="1 号文"), valid_from=None
        )

    def broken(*_given: object, **_named: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", broken)

    with force_locale("zh_Hans_CN"):
        assert brand_register.shown_name() == "12345 政务服务便民热线"


def test_a_picture_that_unpacks_to_more_than_it_says_is_refused(manager: PageClient) -> None:
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 5_000_000))
        + chunk(b"IEND", b"")
    )

    assert send(manager, bomb).status_code == 422
