"""A supervisor hears a call from the board, in a browser: listens, whispers, barges in, leaves.

Judged by tones: what the citizen's phone hears, and what comes out of the two browsers' phones.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from app.accounts.service import DEMO_PASSWORD
from tests.bed.bed import Bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, Workstation, make_voice
from tests.journeys.desk_page import Desk, chromium
from tests.services.processes import DidNotHappen, wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

# No overtone of a voice that is too loud, and none of 50 Hz, at which lost pieces of 20 ms crackle.
CALLER_HERTZ, SUPERVISOR_HERTZ = 400, 1575
EARS = """
(() => {
  // Every connection of this page, with an ear on what it receives.
  const Plain = window.RTCPeerConnection;
  window.ears = [];
  window.RTCPeerConnection = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener('track', (event) => {
        const context = new AudioContext();
        const ear = context.createAnalyser();
        ear.fftSize = 8192;
        ear.smoothingTimeConstant = 0;
        context.createMediaStreamSource(new MediaStream([event.track])).connect(ear);
        void context.resume();
        window.ears = [{ ear, rate: context.sampleRate }];
      });
    }
  };
  window.loudness = (hertz) => {
    const mine = window.ears[0];
    if (!mine) return -200;
    const heard = new Float32Array(mine.ear.frequencyBinCount);
    mine.ear.getFloatFrequencyData(heard);
    const at = Math.round((hertz * mine.ear.fftSize) / mine.rate);
    return Math.max(...heard.slice(at - 2, at + 3));
  };
})();
"""
HEARD_FROM = -50.0  # decibels of full scale; silence and other tones stay far below
UNHEARD_BELOW = -65.0


def loudness(page: Page, hertz: int, *, milliseconds: int = 900) -> float:
    """Return how loud a tone mostly is in the page's ear.

    Notes of 0.3 s with pauses of 0.2 s are in most of the looks. A crackle on a busy machine holds
    every tone for one look of 0.17 s: the loudest look would take it for the note.
    """
    found: float = page.evaluate(
        """async ([hertz, milliseconds]) => {
            const looks = [];
            const until = performance.now() + milliseconds;
            while (performance.now() < until) {
                looks.push(window.loudness(hertz));
                await new Promise((resolve) => setTimeout(resolve, 40));
            }
            return looks.sort((one, other) => one - other)[Math.floor(looks.length / 2)];
        }""",
        [hertz, milliseconds],
    )
    return found


def hears(page: Page, hertz: int) -> None:
    """Fail unless the page's phone plays this tone soon."""
    wait_until(
        lambda: loudness(page, hertz) > HEARD_FROM, seconds=8, what=f"{hertz} Hz in the browser"
    )


def does_not_hear(page: Page, hertz: int) -> None:
    """Fail unless this tone is away from the page's phone, once it has gone."""
    seen: list[float] = []

    def is_away() -> bool:
        seen.append(loudness(page, hertz))
        return seen[-1] < UNHEARD_BELOW

    try:
        wait_until(is_away, seconds=6, what="silence")
    except DidNotHappen as late:
        raise AssertionError(f"{hertz} Hz is still in the browser, dB: {seen}") from late


@pytest.fixture(scope="module")
def supervisors_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what the supervisor's microphone says."""
    return make_voice(tmp_path_factory.mktemp("voice") / "supervisor.wav", hertz=SUPERVISOR_HERTZ)


@pytest.fixture
def open_browser(playwright: Playwright) -> Iterator[Callable[[Path], Page]]:
    """Open a page in a browser of its own, whose microphone says what is given."""
    opened = []

    def open_one(voice: Path) -> Page:
        browser = chromium(playwright, voice=voice)
        opened.append(browser)
        context = browser.__enter__().new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", permissions=["microphone"]
        )
        context.add_init_script(EARS)
        return context.new_page()

    yield open_one
    for browser in opened:
        browser.__exit__(None, None, None)


def open_board(page: Page, address: str, work_number: str) -> None:
    """Sign in and go to the board, where no phone is yet."""
    page.goto(f"{address}/sign-in")
    page.fill("[name=work_number]", work_number)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{address}/board")
    expect(page.get_by_test_id("tiles")).to_be_visible()


def test_a_supervisor_listens_whispers_and_barges_in_from_the_board(
    bed: Bed,
    house: Workstation,
    open_browser: Callable[[Path], Page],
    agents_voice: Path,
    supervisors_voice: Path,
) -> None:
    desk = Desk(open_browser(agents_voice), house.address)
    desk.sign_in("1006")
    desk.wait_for_phone()
    board = open_browser(supervisors_voice)
    complaints: list[str] = []
    board.on("pageerror", lambda error: complaints.append(str(error)))
    open_board(board, house.address, "1002")

    with citizen(bed, dialled="12315", number="13900002821", hertz=CALLER_HERTZ) as caller:
        desk.wait_for("p.session === 'ringing'")
        desk.page.get_by_test_id("answer").click()
        desk.wait_until_talking()
        agent = board.locator("[data-agent='1006']")
        agent.get_by_test_id("listen").click()

        expect(board.get_by_test_id("mode-listen")).to_have_attribute(
            "aria-pressed", "true", timeout=20_000
        )
        hears(board, CALLER_HERTZ)
        hears(board, AGENT_HERTZ)
        does_not_hear(desk.page, SUPERVISOR_HERTZ)
        assert caller.ear.strength_now(SUPERVISOR_HERTZ) < 600
        assert desk.ask("d.state().call.control.supervision") == []  # he is not told of listening

        board.get_by_test_id("mode-whisper").click()
        hears(desk.page, SUPERVISOR_HERTZ)
        assert caller.ear.strength_now(SUPERVISOR_HERTZ) < 600
        desk.wait_for("s.call.control.supervision.some((one) => one.mode === 'whisper')")

        board.get_by_test_id("mode-barge").click()
        caller.ear.hears(SUPERVISOR_HERTZ, piece=0.2, amplitude=3000)
        hears(desk.page, SUPERVISOR_HERTZ)
        desk.wait_for("s.call.control.supervision.some((one) => one.mode === 'barge')")

        board.get_by_test_id("stop").click()
        expect(board.get_by_test_id("listening")).to_have_count(0, timeout=10_000)
        does_not_hear(desk.page, SUPERVISOR_HERTZ)
        hears(desk.page, CALLER_HERTZ)
        caller.ear.hears(AGENT_HERTZ, piece=0.2, amplitude=3000)

    presence = "SELECT state, reason FROM presences WHERE phone = '1002'"
    assert house.row(presence) == {"state": "not_ready", "reason": "at_board"}
    told = house.rows("SELECT data FROM audit_lines WHERE kind = 'presence.supervision_asked'")
    assert [json.loads(row["data"])["mode"] for row in told] == ["listen", "whisper", "barge"]
    assert complaints == desk.errors == []
