"""From the carrier's INVITE to the pop on the agent's page: Asterisk, the workstation, Chromium.

Both moments are of this machine's one clock: the kernel's stamp of the packet, and the page's at
the change of its document. Between them stand the ledger's moments and the arrival of the fact.
"""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bed.bed import CARRIER, DESK, Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bed.callers import citizen
from tests.bench import wire
from tests.bench.rows import Row, at_most, quantile
from tests.journeys.conftest import Workstation, make_voice, workstation
from tests.journeys.desk_page import Desk, chromium
from tests.services.demo_city import copy_demo_city

CALLS = 100
GOAL_MS = 150
AGENT, DIALLED = "1006", "12315"
FIRST_CALLER = 13_900_002_000
STEPS = (
    "INVITE to Asterisk's news of the caller",
    "news to offer and order to ring, saved",
    "saved to the fact at the page",
    "fact to the pop in the document",
)
# The page notes when the fact came in, when the pop stood in the document, and was painted.
NOTE_POPS = """
window.popMoments = {};
const now = () => performance.timeOrigin + performance.now();
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener('message', (news) => {
      if (typeof news.data === 'string' && news.data.includes('desk.offer_made'))
        window.popMoments.told = now();
    });
  }
};
new MutationObserver(() => {
  const shown = ['line-number', 'caller-number', 'greeting'].every(
    (name) => document.querySelector(`[data-testid="${name}"]`)?.checkVisibility());
  if (!shown || !window.popMoments.told || window.popMoments.shown) return;
  window.popMoments.shown = now();
  requestAnimationFrame(() => setTimeout(() => { window.popMoments.painted = now(); }));
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def run(size: float, work: Path) -> list[Row]:
    """Let one caller after another ring at one desk; the first one is told apart."""
    folder = work / "pop"
    for room in ("bed", "house"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    voice = make_voice(folder / "agent.wav", hertz=700)
    with (
        running_bed(folder / "bed", name="pop", ports=BedPorts.of("pop")) as bed,
        workstation(bed, copy_demo_city(folder), folder / "house") as house,
        sync_playwright() as driver,
        chromium(driver, voice=voice) as browser,
    ):
        context = browser.new_context(locale="zh-CN", permissions=["microphone"])
        context.add_init_script(NOTE_POPS)
        desk = Desk(context.new_page(), house.address)
        desk.sign_in(AGENT)
        desk.wait_for_phone()
        calls = [
            _one_call(bed, house, desk, number=str(FIRST_CALLER + at))
            for at in range(max(int(CALLS * size), 3) + 1)
        ]
    return _rows(calls)


def _one_call(bed: Bed, house: Workstation, desk: Desk, *, number: str) -> list[float]:
    """Return the moments of one call, in order: INVITE, news, saved, told, shown, painted."""
    desk.wait_for("s.presence.state === 'ready' && s.offer === null")
    desk.page.evaluate("() => { window.popMoments = {}; }")
    heard = wire.listening(sip_port=bed.ports.sip, carrier=CARRIER, desk=DESK)
    with heard as on_the_wire, citizen(bed, dialled=DIALLED, number=number, hertz=400):
        desk.page.wait_for_function("() => window.popMoments.painted", timeout=20_000)
    at_page = desk.page.evaluate("() => window.popMoments")
    in_ledger = house.row(
        "SELECT provider_events.received_at AS news, call_orders.wished_at AS saved FROM calls"
        " JOIN provider_events ON provider_events.call_key = calls.call_key"
        " AND provider_events.kind = 'caller_placed'"
        " JOIN call_orders ON call_orders.call_id = calls.id AND call_orders.kind = 'RingAgent'"
        " ORDER BY calls.id DESC, provider_events.id, call_orders.id LIMIT 1"
    )
    return [
        on_the_wire.called[number],
        _seconds(in_ledger["news"]),
        _seconds(in_ledger["saved"]),
        *(at_page[name] / 1000 for name in ("told", "shown", "painted")),
    ]


def _rows(calls: list[list[float]]) -> list[Row]:
    first, *others = calls
    visible = [(call[4] - call[0]) * 1000 for call in others]
    rows = [
        at_most(
            f"INVITE to pop visible: p99 of {len(others)} calls",
            quantile(visible, 0.99),
            "ms",
            goal=GOAL_MS,
            peer=f"p50 {quantile(visible, 0.5):.1f}",
        ),
        Row(
            name="INVITE to pop visible: first call of the day",
            value=(first[4] - first[0]) * 1000,
            unit="ms",
        ),
    ]
    for at, name in enumerate((*STEPS, "pop in the document to pop painted")):
        took = [
            (after - before) * 1000
            for call in others
            for place, (before, after) in enumerate(pairwise(call))
            if place == at
        ]
        rows.append(
            Row(
                name=f"{name}: p50",
                value=quantile(took, 0.5),
                unit="ms",
                peer=f"p99 {quantile(took, 0.99):.1f}",
            )
        )
    return rows


def _seconds(saved: str) -> float:
    return datetime.fromisoformat(saved).replace(tzinfo=UTC).timestamp()
