"""A desk whose clock is wrong, and one that slept, in a browser: true times, and nothing missed."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.pages.conftest import DEMO_PASSWORD, SEAT
from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINUTES = 10 * 60
RING_SECONDS = 30
WRAP_UP_SECONDS = 60
# The page knows the server's time but for what its news took to travel.
TRAVEL_SECONDS = 1
AWAKE_WITHIN_SECONDS = 2.0


class Deaf:
    """Lets news from the server pass, or keeps them from the page as in a sleep."""

    def __init__(self) -> None:
        self.is_deaf = False

    def stand_between(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda told: None if self.is_deaf else socket.send(told))


@pytest.fixture
def ear() -> Deaf:
    return Deaf()


@pytest.fixture
def context(browser: Browser, ear: Deaf) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=SEAT, locale="zh-CN", timezone_id="Asia/Shanghai")
    made.route_web_socket(re.compile("/socket.io/"), ear.stand_between)
    yield made
    made.close()


def open_desk(context: BrowserContext, address: str, *, clock: float) -> Page:
    """Sign in on a machine whose clock shows `clock`."""
    page = context.new_page()
    page.clock.install(time=clock)
    page.goto(f"{address}/sign-in")
    page.fill("#work_number", "1007")
    page.fill("#password", DEMO_PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk")
    return make_ready(page)


def seconds_of(page: Page, test_id: str) -> int:
    minutes, seconds = page.get_by_test_id(test_id).inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def ring_left(page: Page) -> int:
    [left] = re.findall(r"\d+", page.locator(".ring-left").inner_text())
    return int(left)


def end_calls(open_page: Callable[..., Page]) -> None:
    panel = open_page("1001", "/simulator")
    buttons = panel.locator("form[action$='/hang-up'] button")
    while buttons.count():
        buttons.first.click()
        panel.wait_for_load_state()


@pytest.mark.parametrize("wrong_by", [-MINUTES, MINUTES], ids=["behind", "ahead"])
def test_a_desk_whose_clock_is_wrong_shows_the_true_timers_and_deadlines(
    context: BrowserContext,
    address: str,
    wrong_by: int,
    place_call: Callable[..., None],
    open_page: Callable[..., Page],
) -> None:
    desk = open_desk(context, address, clock=time.time() + wrong_by)
    assert seconds_of(desk, "bar-time") < 60

    place_call("12315", "15413221632")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "offered")

    assert RING_SECONDS - 15 <= ring_left(desk) <= RING_SECONDS + TRAVEL_SECONDS
    assert seconds_of(desk, "bar-time") < 20
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    assert seconds_of(desk, "bar-time") < 20

    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    [minutes, seconds] = re.findall(r"\d+", desk.get_by_test_id("wrap-up-left").inner_text())
    left = int(minutes) * 60 + int(seconds)
    assert WRAP_UP_SECONDS - 15 <= left <= WRAP_UP_SECONDS + TRAVEL_SECONDS
    desk.keyboard.press("1")
    desk.keyboard.press("Alt+n")
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)
    end_calls(open_page)


def test_a_desk_that_slept_for_minutes_shows_the_truth_two_seconds_after_it_woke(
    context: BrowserContext,
    ear: Deaf,
    address: str,
    place_call: Callable[..., None],
    open_page: Callable[..., Page],
) -> None:
    desk = open_desk(context, address, clock=time.time())
    state = desk.get_by_test_id("bar-state")
    ear.is_deaf = True
    place_call("12315", "15413221632")
    desk.wait_for_timeout(1500)
    expect(state).to_have_attribute("data-state", "ready")

    desk.clock.fast_forward(MINUTES * 1000)
    expect(state).to_have_attribute("data-state", "offered", timeout=AWAKE_WITHIN_SECONDS * 1000)

    # Its own clock is minutes ahead now: the deadline is still the server's.
    assert 0 < ring_left(desk) <= RING_SECONDS + TRAVEL_SECONDS
    assert seconds_of(desk, "bar-time") < RING_SECONDS
    ear.is_deaf = False
    end_calls(open_page)
