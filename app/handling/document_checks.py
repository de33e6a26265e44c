"""What of a document (PDF) is kept: its pages, and nothing that runs, carries or tells. Pure.

It is not cut but written anew from its root on: each part that its pages reach, wherever it lay, in
a compressed stream too. What they do not reach is gone with everything that stands beside them:
who wrote it with what, earlier versions, signatures, which a file that is written anew breaks.
"""

import io
import struct
import zlib
from collections.abc import Iterator

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from app.handling.attachment_refusals import (
    DocumentTooLarge,
    FileActive,
    FileBroken,
    FileLocked,
)
from app.handling.picture_checks import jpeg_in_document

HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
MOST_PARTS = 50_000
MOST_PAGES = 1_000
DEEPEST = 60
MOST_UNPACKED = 16 * 1024 * 1024
"""Bytes of one stream that have to be unpacked to read the document; pages are not unpacked."""
MOST_GROWTH = 8 * 1024 * 1024
LIMITS = Configuration(
    zlib_maximum_output_length=MOST_UNPACKED,
    zlib_maximum_recovery_input_length=0,
    lzw_maximum_output_length=MOST_UNPACKED,
    run_length_maximum_output_length=MOST_UNPACKED,
    brotli_maximum_output_length=MOST_UNPACKED,
    stream_decoding_work_maximum_length=2 * MOST_UNPACKED,
    jbig2dec_binary=None,
)

GONE = frozenset(
    {"/Metadata", "/PieceInfo", "/LastModified", "/Perms", "/DSS", "/Legal", "/SpiderInfo",
     "/PTEX.InfoDict", "/PTEX.FileName"}
)  # fmt: skip
"""What is said about a document or a part of it, and nobody sees on a page."""
ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/Collection", "/RichMediaContent"}
)
ACTIVE_NAMES = {
    "/S": frozenset(
        {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition",
         "/Movie", "/Sound", "/RichMediaExecute"}
    ),
    "/Type": frozenset({"/EmbeddedFile"}),
    "/Subtype": frozenset(
        {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/PS"}
    ),
}  # fmt: skip
INERT_STREAMS = frozenset({"/ObjStm", "/XRef"})
"""How a document is stored, not what it shows: whatever lies in them is written anew if reached."""
BROKEN = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError,
    RuntimeError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What a reader of documents raises where it finds something else than it expects."""

# Names stay the bytes that they were: what a page is drawn with is found by them.
NameObject.CHARSETS = ("latin-1", "latin-1", "latin-1")


def pdf(content: bytes) -> bytes:
    """Return a document as it may be kept.

    Raises FileLocked, FileActive, DocumentTooLarge, and FileBroken for what cannot be read.
    """
    try:
        with apply_configuration(LIMITS):
            reader = PdfReader(io.BytesIO(content), strict=False)
            if reader.is_encrypted:
                raise FileLocked
            return b"".join(_Copy(reader, room=2 * len(content) + MOST_GROWTH).written())
    except (LimitReachedError, MemoryError) as why:
        raise DocumentTooLarge from why
    except BROKEN as why:
        raise FileBroken from why


class _Copy:
    """One document while it is written anew; `room`: how many bytes it may become."""

    def __init__(self, reader: PdfReader, *, room: int) -> None:
        self._reader = reader
        self._room = room
        self._numbers: dict[tuple[int, int], int] = {}
        self._reached: list[IndirectObject] = []
        self._pages = 0

    def written(self) -> Iterator[bytes]:
        """Give the pieces of the new file. Raises FileBroken where it has no page."""
        root = self._reader.trailer.raw_get("/Root")
        if not isinstance(root, IndirectObject):
            raise FileBroken
        places: list[int] = []
        yield HEAD
        at = len(HEAD)
        self._number_of(root)
        for ref in self._reached:  # grows while it is walked
            piece = b"%d 0 obj\n%b\nendobj\n" % (len(places) + 1, self._part(ref.get_object()))
            places.append(at)
            at += len(piece)
            if at > self._room:
                raise DocumentTooLarge
            yield piece
        if not self._pages:
            raise FileBroken
        count = len(places) + 1
        yield b"xref\n0 %d\n0000000000 65535 f \n" % count
        yield from (b"%010d 00000 n \n" % place for place in places)
        yield b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, at)

    def _number_of(self, ref: IndirectObject) -> int:
        key = (ref.idnum, ref.generation)
        if key not in self._numbers:
            if len(self._reached) >= MOST_PARTS:
                raise DocumentTooLarge
            self._reached.append(ref)
            self._numbers[key] = len(self._reached)
        return self._numbers[key]

    def _part(self, part: object) -> bytes:
        if not isinstance(part, StreamObject):
            return self._value(part, depth=0)
        if _name_at(part, "/Type") in INERT_STREAMS:
            return b"null"
        if "/F" in part:
            raise FileActive  # what it shows lies in another file
        drawn, data = _drawn(part)
        entries = self._entries(drawn, depth=0, beside=frozenset({"/Length"}))
        return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)

    def _value(self, value: object, *, depth: int) -> bytes:
        if depth > DEEPEST:
            raise DocumentTooLarge
        if isinstance(value, IndirectObject):
            return b"%d 0 R" % self._number_of(value)
        if isinstance(value, DictionaryObject):
            return b"<<%b>>" % self._entries(value, depth=depth)
        if isinstance(value, ArrayObject):
            return b"[%b]" % b" ".join(self._value(each, depth=depth + 1) for each in value)
        return _plain(value)

    def _entries(
        self, part: DictionaryObject, *, depth: int, beside: frozenset[str] = frozenset()
    ) -> bytes:
        _refuse_active(part)
        if _name_at(part, "/Type") == "/Page":
            self._pages += 1
            if self._pages > MOST_PAGES:
                raise DocumentTooLarge
        gone = GONE | beside | ({"/V"} if _name_at(part, "/FT") == "/Sig" else set())
        return b"".join(
            b"%b %b" % (_name(key), self._value(value, depth=depth + 1))
            for key, value in part.items()
            if key not in gone
        )


def _refuse_active(part: DictionaryObject) -> None:
    if not ACTIVE_KEYS.isdisjoint(part):
        raise FileActive
    if any(_name_at(part, key) in names for key, names in ACTIVE_NAMES.items()):
        raise FileActive


def _name_at(part: DictionaryObject, key: str) -> str:
    value = _resolved(part.get(key))
    return str(value) if isinstance(value, NameObject) else ""


def _resolved(value: object) -> object:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _drawn(stream: StreamObject) -> tuple[DictionaryObject, bytes]:
    """Return a stream as it is, a photo without what its camera wrote beside it."""
    given = _resolved(stream.get("/Filter"))
    chain = list(given) if isinstance(given, ArrayObject) else [given]
    if not chain or _resolved(chain[-1]) != "/DCTDecode":
        return stream, bytes(stream._data)
    if len(chain) == 1:
        return stream, jpeg_in_document(bytes(stream._data))
    drawn = DictionaryObject(stream)
    drawn.pop("/DecodeParms", None)
    drawn[NameObject("/Filter")] = NameObject("/DCTDecode")
    return drawn, jpeg_in_document(bytes(stream.get_data()))


def _plain(value: object) -> bytes:
    if value is None:
        return b"null"
    if isinstance(value, NameObject):
        return _name(value)
    if isinstance(value, TextStringObject | ByteStringObject):
        return b"<%b>" % value.original_bytes.hex().encode()
    if not isinstance(value, PdfObject):
        raise FileBroken
    written = io.BytesIO()
    value.write_to_stream(written)
    return written.getvalue()


def _name(name: str) -> bytes:
    """Return a name with every sign escaped that is not plain."""
    signs = name[1:].encode("latin-1")
    return b"/" + b"".join(
        b"%c" % sign
        if (chr(sign).isalnum() and sign < 128) or sign in b"+-_.*"
        else b"#%02X" % sign
        for sign in signs
    )
