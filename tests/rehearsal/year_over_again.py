"""What was over and comes back: closed by mistake, or only counted and a demand after all."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.rehearsal.year_seldom import Seldom


def begin(story: "Seldom") -> None:
    """One is reopened; of two that were only counted one is taken up, and one stays counted."""
    ticket_id = story.approved()
    story.answer(ticket_id, solved=True)
    story.at_managers("/reopen", ticket_id, "reopen", reason="复核不实")
    story.opened(request_type="praise")
    meant = story.opened(request_type="praise")
    given = {"request_type": "help", "reason": "听录音，实为求助"}
    story.at_desk("/retype", meant, "retype", **given)
