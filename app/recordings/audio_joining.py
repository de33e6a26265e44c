"""Joins the pieces of a call's recording into one that is played from end to end. Pure."""

import io
import wave
from collections.abc import Sequence

_HEADER_BYTES = 44


class PiecesDiffer(ValueError):
    """The pieces were recorded in different ways and cannot be laid end to end."""


def join_pieces(pieces: Sequence[bytes]) -> bytes:
    """Return the pieces as one WAV file, in the order given; one that cannot be read is left out.

    Raises PiecesDiffer; ValueError when nothing can be read.
    """
    shape: tuple[int, int, int] | None = None
    frames: list[bytes] = []
    for piece in pieces:
        read = _read(piece)
        if read is None:
            continue
        if shape is not None and read[0] != shape:
            raise PiecesDiffer
        shape = read[0]
        frames.append(read[1])
    if shape is None:
        raise ValueError("no piece can be read")
    joined = io.BytesIO()
    with wave.open(joined, "wb") as file:
        file.setnchannels(shape[0])
        file.setsampwidth(shape[1])
        file.setframerate(shape[2])
        file.writeframes(b"".join(frames))
    return joined.getvalue()


def _read(piece: bytes) -> tuple[tuple[int, int, int], bytes] | None:
    try:
        with wave.open(io.BytesIO(piece)) as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, ValueError, RuntimeError):
        return None
    # a recorder that died never wrote the length; the sound is there all the same
    frames = frames or piece[_HEADER_BYTES:]
    return shape, frames[: len(frames) // (shape[0] * shape[1]) * shape[0] * shape[1]]
