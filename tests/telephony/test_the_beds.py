"""Beds of one run may live at the same time, whatever order the tests come in."""

import socket
from itertools import combinations

import pytest

from tests.bed.bed import OUTSIDE_PORT
from tests.bed.bed_ports import BLOCKS, BedFailed, BedPorts
from tests.bed.callers import CITIZENS_PORTS


def _all_of(ports: BedPorts) -> set[int]:
    first, last = ports.rtp
    single = {ports.sip, ports.sip_tls, ports.ami, ports.agi, ports.http, ports.tls}
    return {*single, *range(first, last + 1)}


def test_no_two_beds_share_a_port() -> None:
    for one, other in combinations(BLOCKS, 2):
        assert not _all_of(BedPorts.of(one)) & _all_of(BedPorts.of(other)), (one, other)


def test_a_citizen_never_calls_from_where_anything_else_stands() -> None:
    """Else the thirty-eighth citizen of a run finds somebody outside at his port, and is silent."""
    taken = {OUTSIDE_PORT}.union(*(_all_of(BedPorts.of(block)) for block in BLOCKS))

    assert not taken & set(CITIZENS_PORTS)


def test_a_bed_without_ports_of_its_own_is_refused() -> None:
    with pytest.raises(BedFailed, match="BLOCKS"):
        BedPorts.of("nobody knows it")


def test_a_port_that_somebody_has_is_named() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

        assert port in BedPorts(sip=port).taken("127.0.0.1")
