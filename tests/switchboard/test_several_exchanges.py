"""Two Asterisk nodes and the simulator in one app: own links and lamps, one line over all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.accounts.models import User
from app.calls import mending
from app.calls import service as calls
from app.calls.reconciliation import DifferenceKind
from app.core import clock
from app.core.database import db
from app.switchboard import link_watch
from tests.bed.fake_ami import SECRET, USER
from tests.bed.fake_node import FakeNode, fake_node
from tests.services.processes import free_port
from tests.switchboard.conftest import House, eventually

NODES = ("hy1", "hy2")


@pytest.fixture
def nodes() -> Iterator[dict[str, FakeNode]]:
    with ExitStack() as things:
        # two nodes may well give one unique id; a test names calls by their key alone
        started = {
            name: things.enter_context(fake_node(runs_by_itself=True, first_number=1000 * number))
            for number, name in enumerate(NODES)
        }
        for node in started.values():
            node.agi_port = free_port()
        yield started


@pytest.fixture
def environment(environment: dict[str, str], nodes: dict[str, FakeNode]) -> dict[str, str]:
    addresses = [
        f"{name}=asterisk://{USER}:{SECRET}@127.0.0.1:{node.ami.port}?agi_port={node.agi_port}"
        for name, node in nodes.items()
    ]
    return {
        **environment,
        "EXCHANGES": ",".join(["sim=simulator://quiet", *addresses]),
        "COMPARE_SECONDS": "3600",
        "RING_SECONDS": "20",
    }


@pytest.fixture
def city(house: House, nodes: dict[str, FakeNode]) -> House:
    """A house whose three links are up."""
    assert set(nodes) == set(NODES)
    eventually(lambda: links() == {"sim": True, "hy1": True, "hy2": True})
    return house


def links() -> dict[str, bool]:
    return {link.exchange_id: link.is_up for link in calls.list_links()}


def register(node: FakeNode, person: User) -> None:
    """Open the phone of a page at this node, once the app has introduced it there."""
    phone = person.work_number
    eventually(lambda: ("ps_auths/auth", phone) in node.registers.database)
    node.phone_registers(phone)


def is_there(person: User, *exchanges: str) -> Callable[[], bool]:
    phone = person.work_number
    return lambda: calls.phones_there().get(phone, frozenset()) >= set(exchanges)


def state(house: House, key: str) -> Callable[[str], Callable[[], bool]]:
    def is_in(state: str) -> Callable[[], bool]:
        return lambda: house.is_in_ledger(key)() and house.state_of(key) == state

    return is_in


def test_calls_of_all_exchanges_stand_in_one_line_and_each_goes_to_a_phone_its_own_can_ring(
    city: House, nodes: dict[str, FakeNode]
) -> None:
    on_both, on_second = city.agent(), city.agent()
    for person in (on_both, on_second):
        city.open_desk(person)  # which makes both phones of the simulator too
    register(nodes["hy1"], on_both)
    register(nodes["hy2"], on_both)
    register(nodes["hy2"], on_second)
    eventually(is_there(on_both, "sim", "hy1", "hy2"))
    eventually(is_there(on_second, "sim", "hy2"))

    first = nodes["hy1"].place_call("12315", number="13800000001")
    eventually(state(city, first)("waiting"))
    second = nodes["hy2"].place_call("12333", number="13800000002")
    eventually(state(city, second)("waiting"))
    third = city.simulator.place_call("12315", patience=600)
    eventually(state(city, third)("waiting"))

    city.ready(on_second)  # cannot be rung by hy1, whose caller waits longest
    eventually(state(city, second)("ringing"))
    nodes["hy2"].phone_answers(on_second.work_number)
    eventually(state(city, second)("talking"))
    city.ready(on_both)
    eventually(state(city, first)("ringing"))
    nodes["hy1"].phone_answers(on_both.work_number)
    eventually(state(city, first)("talking"))

    assert city.state_of(third) == "waiting"
    assert {city.call(key).exchange_id for key in (first, second, third)} == {"hy1", "hy2", "sim"}


def test_one_node_lost_and_back_disturbs_nobody_on_the_others(
    city: House, nodes: dict[str, FakeNode]
) -> None:
    person = city.agent()
    city.open_desk(person)
    register(nodes["hy2"], person)
    eventually(is_there(person, "hy2"))
    kept = nodes["hy1"].place_call("12315", number="13800000003")
    talk = nodes["hy2"].place_call("12333", number="13800000004")
    eventually(state(city, kept)("waiting"))
    city.ready(person)
    eventually(state(city, talk)("ringing"))
    nodes["hy2"].phone_answers(person.work_number)
    eventually(state(city, talk)("talking"))

    nodes["hy1"].ami.accepts.clear()
    nodes["hy1"].ami.hang_up()
    eventually(lambda: links() == {"sim": True, "hy1": False, "hy2": True})
    unseen = nodes["hy1"].place_call("12315", number="13800000005")
    assert city.state_of(talk) == "talking"
    nodes["hy2"].caller_hangs_up(talk)
    eventually(state(city, talk)("ended"))

    nodes["hy1"].ami.accepts.set()
    eventually(lambda: links()["hy1"], seconds=15)
    eventually(state(city, kept)("waiting"), seconds=15)
    eventually(state(city, unseen)("waiting"), seconds=15)


def test_what_a_node_never_told_is_found_counted_and_mended_on_that_node_alone(
    city: House, nodes: dict[str, FakeNode], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_watch, "SURE_SECONDS", 0.3)
    person = city.agent()
    told = nodes["hy1"].place_call("12315", number="13800000006")
    eventually(state(city, told)("waiting"))

    nodes["hy1"].loses = lambda _event: True
    nodes["hy1"].caller_hangs_up(told)
    untold = nodes["hy1"].place_call("12333", number="13800000007")
    register(nodes["hy1"], person)
    eventually(lambda: nodes["hy1"].calls[untold].place == "queue")
    nodes["hy1"].loses = lambda _event: False
    for watch in city.app.extensions["hotline.switchboard"].shift._watches.values():
        watch.compare_soon()

    eventually(state(city, told)("ended"))
    eventually(state(city, untold)("waiting"))
    eventually(is_there(person, "hy1"))
    db.session.rollback()
    since = clock.now().replace(year=2020)
    assert mending.count_differences("hy1", since=since) == {
        DifferenceKind.MISSING_AT_EXCHANGE: 1,
        DifferenceKind.MISSING_IN_LEDGER: 1,
        DifferenceKind.PHONE: 1,
    }
    assert mending.count_differences("hy2", since=since) == {}
    assert mending.count_differences("sim", since=since) == {}
