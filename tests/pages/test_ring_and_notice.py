"""The ring as an agent meets it: heard, seen in the tab, told by the system, over in time."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Whatever goes to the speakers is measured on its way; notices are noted and shown all the same.
OBSERVE = """
window.ears = [];
window.notices = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode) {
    if (!target.context.ear) {
      target.context.ear = target.context.createAnalyser();
      window.ears.push(target.context.ear);
    }
    connect.call(this, target.context.ear);
  }
  return connect.call(this, target, ...rest);
};
const Shown = window.Notification;
window.Notification = class extends Shown {
  constructor(title, options) {
    super(title, options);
    window.notices.push(this);
    this.isOpen = true;
  }
  close() {
    this.isOpen = false;
    super.close();
  }
};
"""
LOUDEST = """async (lasts) => {
  let peak = 0;
  const until = performance.now() + lasts;
  while (performance.now() < until) {
    for (const ear of window.ears) {
      const samples = new Float32Array(ear.fftSize);
      ear.getFloatTimeDomainData(samples);
      for (const one of samples) peak = Math.max(peak, Math.abs(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return peak;
}"""
TITLES = """async (lasts) => {
  const seen = new Set();
  const until = performance.now() + lasts;
  while (performance.now() < until) {
    seen.add(document.title);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [...seen];
}"""
NOTICES = "() => window.notices.map((one) => [one.title, one.body, one.isOpen])"
ONE_ROUND_MS = 2600
AUDIBLE = 0.05


@pytest.fixture
def desk(open_page: Callable[..., Page], address: str) -> Page:
    """Give the desk of a ready agent who let the site show notices and has clicked once."""
    page = open_page("1006")
    page.context.grant_permissions(["notifications"], origin=address)
    page.add_init_script(OBSERVE)
    page.reload()
    make_ready(page)
    page.locator("main").click()
    return page


def look_away(page: Page) -> Page:
    """Let the agent look at another window; the driver no longer claims that he looks at all."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = page.context.new_page()
    other.bring_to_front()
    page.wait_for_function("() => !document.hasFocus()")
    return other


def test_a_ring_is_heard_flashes_in_the_tab_and_is_told_by_the_system_until_the_answer(
    desk: Page, place_call: Callable[..., None]
) -> None:
    assert desk.evaluate(LOUDEST, 300) == 0
    other = look_away(desk)

    place_call("12315", "15400000051")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "offered")

    assert desk.evaluate(LOUDEST, ONE_ROUND_MS) > AUDIBLE
    titles = desk.evaluate(TITLES, 2500)
    assert len(titles) == 2, titles
    assert any(title.startswith("● ") for title in titles)
    assert any(title.startswith("○ ") for title in titles)
    [(title, text, is_open)] = desk.evaluate(NOTICES)
    assert is_open
    assert re.search("市场监管|12315", title + text)
    assert "0051" not in title + text, "a caller's number stands on no lock screen"

    desk.get_by_test_id("answer").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")

    desk.wait_for_timeout(500)  # the tone that had begun ends
    assert desk.evaluate(LOUDEST, ONE_ROUND_MS) == 0
    assert len(desk.evaluate(TITLES, 1200)) == 1
    assert [is_open for _, _, is_open in desk.evaluate(NOTICES)] == [False]
    other.close()
    desk.get_by_test_id("hang-up").click()
    desk.get_by_test_id("wrap-up").locator("[role=radio]").first.click()
    desk.get_by_test_id("finish").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")


def test_an_agent_who_looks_at_the_desk_needs_no_notice_and_a_missed_ring_is_over(
    desk: Page, place_call: Callable[..., None]
) -> None:
    place_call("12333", "15400000052")
    desk.bring_to_front()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "offered")
    assert desk.evaluate(NOTICES) == []

    missed = expect(desk.get_by_test_id("bar-state"))
    missed.to_have_attribute("data-state", "missed", timeout=45_000)

    desk.wait_for_timeout(500)  # the tone that had begun ends
    assert desk.evaluate(LOUDEST, ONE_ROUND_MS) == 0
    assert len(desk.evaluate(TITLES, 1200)) == 1
