"""A browser phone as the one who is asked, and who has the caller in the end: two desks."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.bed.bed import MUSIC_HERTZ, Bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ
from tests.journeys.desk_page import Desk

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]


def wish(desk: Desk, path: str, **form: Any) -> dict[str, Any]:
    """Ask something of the call on a desk, as its page does; return the answer."""
    answer: dict[str, Any] = desk.page.evaluate(
        """async ([path, form]) => {
            const token = document.querySelector('meta[name=csrf-token]').content;
            const answer = await fetch(path, {
                method: 'POST',
                headers: {'Content-Type': 'application/json', 'X-CSRFToken': token},
                body: JSON.stringify(form),
            });
            return {status: answer.status, ...(await answer.json())};
        }""",
        [path, form],
    )
    assert answer["status"] == 202, answer
    return answer


def test_a_colleague_is_asked_in_his_browser_and_talks_with_the_citizen(
    bed: Bed, open_desk: Callable[..., Desk]
) -> None:
    desk = open_desk("1006")
    with citizen(bed, dialled="12315", number="13900002819", hertz=400) as caller:
        desk.wait_for("p.session === 'ringing'")
        desk.page.get_by_test_id("answer").click()
        desk.wait_until_talking()
        colleague = open_desk("1007")
        of_call = f"/desk/calls/{desk.call_id}"
        wish(desk, f"{of_call}/consult", kind="colleague", to="1007")
        colleague.wait_for("p.session === 'ringing'")
        caller.ear.hears(MUSIC_HERTZ)
        colleague.page.get_by_test_id("answer").click()
        colleague.wait_for("p.talking")
        desk.wait_for("s.call.control.parties.some((one) => one.is_answered)")
        wish(desk, f"{of_call}/join")
        desk.wait_for("s.call.state === 'talking'")
        caller.ear.hears(AGENT_HERTZ, piece=0.2, amplitude=3000)
        wish(desk, f"{of_call}/leave")
        colleague.wait_for("s.call && s.call.state === 'talking' && p.talking")
        caller.ear.hears(AGENT_HERTZ, piece=0.2, amplitude=3000)
        desk.wait_for("s.presence.state === 'wrap_up'")
    assert desk.errors == colleague.errors == []
