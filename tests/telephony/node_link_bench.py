"""A link to a node that says what a test lets it say, and who listens to it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from telephony.asterisk.provider import build
from telephony.events import LinkChanged, News
from telephony.port import Exchange, IncomingCall, IntakeAction, IntakeAnswer
from tests.bed.fake_ami import FakeAmi, Reply, fake_ami
from tests.services.processes import free_port, wait_until


class Listener:
    """What the application was told."""

    def __init__(self) -> None:
        self.news: list[News] = []
        self.is_broken = False
        self.may_go = threading.Event()
        self.may_go.set()

    def tell(self, news: Sequence[News]) -> None:
        if self.is_broken:
            raise RuntimeError("the database is away")
        self.may_go.wait(10)
        self.news.extend(news)

    def links(self) -> list[bool]:
        return [one.is_up for one in self.news if isinstance(one, LinkChanged)]


def ask(_call: IncomingCall) -> IntakeAnswer:
    return IntakeAnswer(action=IntakeAction.QUEUE)


def exchange_at(port: int) -> Exchange:
    url = urlsplit(f"asterisk://hotline:some-secret@127.0.0.1:{port}")
    return build("hy1", url, {"agi_port": str(free_port())})


@contextmanager
def listening(
    script: dict[str, Reply] | None = None,
) -> Iterator[tuple[Exchange, FakeAmi, Listener]]:
    with fake_ami(script) as fake, linked_to(fake) as (exchange, listener):
        wait_until(lambda: listener.links() == [True], seconds=3, what="the link", pause=0.01)
        yield exchange, fake, listener


@contextmanager
def linked_to(fake: FakeAmi) -> Iterator[tuple[Exchange, Listener]]:
    exchange, listener = exchange_at(fake.port), Listener()
    stream = exchange.stream
    assert stream is not None
    thread = threading.Thread(target=stream.listen, args=(listener.tell, ask))
    thread.start()
    try:
        yield exchange, listener
    finally:
        stream.stop()
        thread.join(timeout=5)
        assert not thread.is_alive()
