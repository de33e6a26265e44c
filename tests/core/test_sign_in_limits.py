"""How long a session lasts: half an hour unused, twelve hours at most, never ended in a call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.sign_in import SessionEnd, SessionLimits, why_ended
from tests.conftest import PageClient

LIMITS = SessionLimits(idle=timedelta(minutes=30), longest=timedelta(hours=12))
EIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def ended(*, issued_before: timedelta, seen_before: timedelta) -> SessionEnd | None:
    return why_ended(
        issued_at=EIGHT - issued_before, seen_at=EIGHT - seen_before, at=EIGHT, limits=LIMITS
    )


def test_a_session_in_use_holds_until_its_longest_time() -> None:
    moment_ago = timedelta(seconds=1)

    assert ended(issued_before=timedelta(hours=11, minutes=59), seen_before=moment_ago) is None
    too_old = ended(issued_before=timedelta(hours=12), seen_before=moment_ago)
    assert too_old is SessionEnd.TOO_OLD


def test_an_unused_session_ends_after_half_an_hour() -> None:
    hour = timedelta(hours=1)

    assert ended(issued_before=hour, seen_before=timedelta(minutes=29, seconds=59)) is None
    assert ended(issued_before=hour, seen_before=timedelta(minutes=30)) is SessionEnd.IDLE


def is_in(browser: PageClient) -> bool:
    answer = browser.get("/account", headers={"Accept": "application/json, text/html;q=0.5"})
    return bool(answer.status_code == 200)


def test_a_person_who_does_nothing_is_signed_out_and_told_why(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    browser = sign_in_as("agent")

    tick(minutes=31)
    answer = browser.get("/account", headers={"Accept": "text/html"}, follow_redirects=True)

    assert answer.request.path == "/sign-in"
    assert answer.request.args["next"] == "/account"
    assert "长时间没有操作" in answer.text
    assert not is_in(browser)


def test_a_form_sent_after_the_session_ended_says_sign_in_and_not_stale_page(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    browser = sign_in_as("agent")

    tick(minutes=31)
    answer = browser.post("/account/password", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json["refusal"]["code"] == "sign-in-needed"


def test_a_person_who_works_stays_until_twelve_hours_are_over(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    browser = sign_in_as("agent")

    for _ in range(28):
        tick(minutes=25)
        assert is_in(browser)
    tick(minutes=25)

    assert not is_in(browser)


def test_what_a_page_asks_by_itself_does_not_keep_a_session_awake(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    browser = sign_in_as("agent")

    for _ in range(4):
        tick(minutes=10)
        browser.get("/desk/pulse", headers={"Accept": "application/json"})

    assert not is_in(browser)


def test_nobody_is_signed_out_in_the_middle_of_a_call(
    app: Flask, sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    browser = sign_in_as("agent")
    wiring = app.extensions["sign_in"]
    talking = {browser.person.id}
    app.extensions["sign_in"] = replace(wiring, is_busy=lambda user_id: user_id in talking)

    tick(minutes=45)
    assert is_in(browser)

    # The answer counted as a sign of the person; the next silence ends the session.
    talking.clear()
    tick(minutes=31)
    assert not is_in(browser)


def test_a_session_without_its_moments_is_no_session(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")

    with browser.session_transaction() as kept:
        del kept["issued_at"]

    assert not is_in(browser)


def test_a_person_whose_session_somebody_ended_is_told_so(
    sign_in_as: Callable[..., PageClient],
) -> None:
    """The sign-in page stood there without a word, as if the page had lost him."""
    browser = sign_in_as("agent")
    with unit_of_work():
        accounts.bump_epoch(browser.person.id)

    answer = browser.get("/account", headers={"Accept": "text/html"}, follow_redirects=True)

    assert answer.request.path == "/sign-in"
    assert "本次登录已被终止" in answer.text
    assert "本次登录已被终止" not in browser.get("/sign-in").text
