"""Secure RTP (RFC 3711) with the one suite everybody has: AES_CM_128_HMAC_SHA1_80."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY_BYTES, SALT_BYTES, AUTH_BYTES, TAG_BYTES = 16, 14, 20, 10
RTP_HEADER_BYTES = 12
HALF_ROUND = 1 << 15


class NotAuthentic(Exception):
    """A packet was not made with this key."""


class SrtpKey:
    """One direction of one call; `inline` is what SDP writes behind `inline:`."""

    def __init__(self, inline: str) -> None:
        master = base64.b64decode(inline.partition("|")[0])
        self._key, self._salt = master[:KEY_BYTES], master[KEY_BYTES:]
        self._cipher_key = self._derived(0, KEY_BYTES)
        self._auth_key = self._derived(1, AUTH_BYTES)
        self._cipher_salt = int.from_bytes(self._derived(2, SALT_BYTES), "big")
        self._rounds, self._last = 0, 0  # how often the 16 bit of the sequence ran over

    def protect(self, packet: bytes) -> bytes:
        """Return an RTP packet encrypted and signed."""
        self._count(packet)
        head, sound = packet[:RTP_HEADER_BYTES], packet[RTP_HEADER_BYTES:]
        secret = head + self._crypt(head, sound)
        return secret + self._tag(secret)

    def open(self, packet: bytes) -> bytes:
        """Return the sound of a packet; raises NotAuthentic."""
        self._count(packet)
        secret, tag = packet[:-TAG_BYTES], packet[-TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(secret)):
            raise NotAuthentic
        return self._crypt(secret[:RTP_HEADER_BYTES], secret[RTP_HEADER_BYTES:])

    def _count(self, packet: bytes) -> None:
        sequence = int.from_bytes(packet[2:4], "big")
        self._rounds += sequence + HALF_ROUND < self._last
        self._last = sequence

    def _tag(self, secret: bytes) -> bytes:
        said = secret + self._rounds.to_bytes(4, "big")
        return hmac.new(self._auth_key, said, hashlib.sha1).digest()[:TAG_BYTES]

    def _crypt(self, head: bytes, sound: bytes) -> bytes:
        sequence, source = int.from_bytes(head[2:4], "big"), int.from_bytes(head[8:12], "big")
        index = self._rounds << 16 | sequence
        start = (self._cipher_salt << 16) ^ (source << 64) ^ (index << 16)
        return _stream(self._cipher_key, start, sound)

    def _derived(self, label: int, size: int) -> bytes:
        start = (int.from_bytes(self._salt, "big") ^ (label << 48)) << 16
        return _stream(self._key, start, bytes(size))


def _stream(key: bytes, start: int, content: bytes) -> bytes:
    work = Cipher(algorithms.AES(key), modes.CTR(start.to_bytes(16, "big"))).encryptor()
    return work.update(content) + work.finalize()
