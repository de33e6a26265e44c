"""An agent without a mouse: keys only, and after each one a look at where the focus is.

Every page that these hands touch counts what a mouse, a finger or a wheel would do; one such event
and the next look fails. A focus that is nowhere, out of sight or not marked fails as well.
"""

import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

SETTLES_WITHIN = 1.5
"""Seconds: a page may take a moment to put the focus where it belongs."""
MOST_TABS = 90

COUNT_MICE = """() => {
  window.mice = [];
  for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'wheel', 'touchstart'])
    window.addEventListener(kind, (event) => window.mice.push(event.type), true);
}"""

LOOK = """() => {
  const one = document.activeElement;
  const marks = (style) => [style.outlineStyle, style.outlineWidth, style.outlineColor,
    style.boxShadow, style.borderColor, style.backgroundColor].join(' ');
  if (!one || one === document.body || one === document.documentElement)
    return { name: 'nothing', faults: ['the focus is lost'], mice: window.mice };
  const name = one.outerHTML.slice(0, 160);
  const faults = [];
  const box = one.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
  if (!box.width || !box.height) faults.push('what has the focus has no size');
  else if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) faults.push('it is out of sight');
  else {
    const top = document.elementFromPoint(x, y);
    if (!top || !(one.contains(top) || top.contains(one))) faults.push('something covers it');
  }
  if (!one.matches(':focus-visible')) faults.push('the browser does not mark it');
  const twin = one.cloneNode(false);
  one.after(twin);
  const differs = marks(getComputedStyle(one)) !== marks(getComputedStyle(twin));
  twin.remove();
  if (!differs) faults.push('it looks like any other');
  return { name, faults, mice: window.mice };
}"""


class Hands:
    """Ten fingers on a keyboard before one page."""

    def __init__(self, page: Page) -> None:
        """Sit down before a page, at its top: from the first Tab on the focus is watched."""
        self.page = page
        self._has_begun = False
        page.emulate_media(reduced_motion="reduce")  # a ring half way to another is not looked at
        page.add_init_script(f"({COUNT_MICE})()")

    def open(self, address: str) -> None:
        """Open a page, as by typing its address."""
        self._has_begun = False
        self.page.goto(address)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and look after each."""
        for key in keys:
            self.page.keyboard.press(key)
            self._has_begun = self._has_begun or key == "Tab"
            self.look(key)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.page.keyboard.type(text)
        self.look(text)

    def leave_by(self, key: str, towards: str) -> None:
        """Press the key that leads to another page, and wait until it is there."""
        self.page.keyboard.press(key)
        self.page.wait_for_url(towards)
        self._has_begun = False

    def tab_to(self, goal: Locator, *, back: bool = False) -> None:
        """Press Tab until something has the focus, as one does who sees the goal."""
        key = "Shift+Tab" if back else "Tab"
        expect(goal).to_be_visible()
        for _ in range(MOST_TABS):
            if is_focused(goal):
                return
            self.press(key)
        raise AssertionError(f"{MOST_TABS} times Tab did not reach {goal}")

    def choose(self, goal: Locator, word: str) -> None:
        """Open the list that has the focus and choose by its first letters or by arrows."""
        expect(goal).to_be_focused()
        options: list[str] = goal.evaluate("one => [...one.options].map(each => each.text)")
        at = next(place for place, text in enumerate(options) if word in text)
        here: int = goal.evaluate("one => one.selectedIndex")
        self.press("ArrowDown")  # opens it where it stands
        for _ in range(abs(at - here)):
            self.press("ArrowDown" if at > here else "ArrowUp")
        self.press("Enter")

    def look(self, after: str = "") -> None:
        """See that the focus is somewhere, in sight and marked, and that no mouse was used."""
        end = time.monotonic() + SETTLES_WITHIN
        while True:
            seen: dict[str, Any] = self.page.evaluate(LOOK)
            assert not seen["mice"], f"not only keys: {seen['mice']}"
            if not seen["faults"] or not self._has_begun:
                return
            assert time.monotonic() < end, f"after {after!r}: {seen['faults']} on {seen['name']}"
            self.page.wait_for_timeout(50)


def is_focused(goal: Locator) -> bool:
    """Say whether this very part has the focus."""
    focused: bool = goal.evaluate("one => one === document.activeElement")
    return focused
