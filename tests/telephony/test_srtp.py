"""The tests' own Secure RTP agrees with the numbers that RFC 3711 gives."""

import base64

import pytest

from tests.bed.srtp import NotAuthentic, SrtpKey

# RFC 3711, B.3: master key and salt, and what is derived from them
MASTER = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de4139") + bytes.fromhex(
    "0ec675ad498afeebb6960b3aabe6"
)
CIPHER_KEY = "c61e7a93744f39ee10734afe3ff7a087"
CIPHER_SALT = "30cbbc08863d8c85d49db34a9ae1"
AUTH_KEY = "cebe321f6ff7716b6fd4ab49af256a156d38baa4"
PACKET = bytes([0x80, 8, 0, 1]) + (160).to_bytes(4, "big") + b"SSRC" + b"sound" * 32


def key() -> SrtpKey:
    return SrtpKey(base64.b64encode(MASTER).decode() + "|2^31")


def test_session_keys_are_those_of_the_published_example() -> None:
    derived = key()

    assert derived._cipher_key.hex() == CIPHER_KEY
    assert derived._cipher_salt == int(CIPHER_SALT, 16)
    assert derived._auth_key.hex() == AUTH_KEY


def test_what_is_protected_opens_again_and_looks_like_nothing_in_between() -> None:
    secret = key().protect(PACKET)

    assert b"sound" not in secret
    assert key().open(secret) == PACKET[12:]


def test_a_packet_that_was_touched_or_is_in_the_open_is_heard_by_nobody() -> None:
    secret = bytearray(key().protect(PACKET))
    secret[20] ^= 1

    for packet in (bytes(secret), PACKET):
        with pytest.raises(NotAuthentic):
            key().open(packet)


def test_a_sequence_that_runs_over_is_counted_on() -> None:
    mine, theirs = key(), key()
    for number in (65534, 65535, 0, 1):
        packet = PACKET[:2] + number.to_bytes(2, "big") + PACKET[4:]
        assert theirs.open(mine.protect(packet)) == packet[12:]
