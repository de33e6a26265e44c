"""What an exchange carries when its link has just come up: asked beside the news, not within it.

An exchange that answers badly takes its time. Who writes the news of all exchanges, and whoever
wants to know whether we can save, does not wait for it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from telephony.events import LinkChanged, News
from telephony.port import CallSnapshot, ExchangeRefused, LiveCall

logger = logging.getLogger(__name__)

TRIES = 3
AGAIN_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class FirstLook:
    """What was seen through a link that came up; `known`: the calls believed live before it."""

    link: LinkChanged
    known: frozenset[int]
    live: Sequence[LiveCall]
    phones: Mapping[str, str]

    @property
    def exchange_id(self) -> str:
        """Whose link it is."""
        return self.link.exchange_id


Piece = News | FirstLook


def take_first_look(
    snapshot: CallSnapshot,
    link: LinkChanged,
    *,
    known: frozenset[int],
    tell: Callable[[FirstLook], None],
    go_on_without: Callable[[], None],
    is_wanted: Callable[[], bool],
    wait: Callable[[float], bool],
) -> None:
    """Ask the exchange and tell what it carries; while the link holds, until it answers.

    After three tries the workstation goes on as if it had looked, and asks again every five
    seconds. `wait` says whether we are stopped meanwhile.
    """
    tries = 0
    while is_wanted():
        try:
            look = FirstLook(
                link=link,
                known=known,
                live=snapshot.live_calls(),
                phones=snapshot.phones_there(),
            )
        except ExchangeRefused as why:
            logger.warning("no snapshot", extra={"exchange": link.exchange_id, "why": why.code})
        except Exception:
            logger.exception("a snapshot broke", extra={"exchange": link.exchange_id})
        else:
            tell(look)
            return
        tries += 1
        if tries == TRIES:
            go_on_without()
        if tries >= TRIES and wait(AGAIN_SECONDS):
            return
