"""Documents (PDF) made here byte by byte: stored as old programs do it, and as new ones do."""

import struct
import zlib
from collections.abc import Mapping

Parts = Mapping[int, bytes]
AUTHOR = b"Zhang San of the lamp works"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a part that holds data."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def drawing(text: str) -> bytes:
    """Return what draws a line of text on a page."""
    return b"BT /F1 12 Tf 72 700 Td (%b) Tj ET" % text.encode("ascii")


def pages(*texts: str, page: bytes = b"", catalog: bytes = b"", more: Parts | None = None) -> Parts:
    """Return the parts of a document with a page for each text.

    `page`, `catalog`: entries that each page and the catalogue have besides; `more`: further parts.
    """
    parts = {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    kids = []
    for nth, text in enumerate(texts or ("Lamps mended",)):
        at = 10 + 2 * nth
        kids.append(b"%d 0 R" % at)
        parts[at] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>%b>>" % (at + 1, page)
        )
        parts[at + 1] = stream(drawing(text))
    parts[2] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(kids), len(kids))
    return {**parts, **(more or {})}


def plain(parts: Parts, trailer: bytes = b"") -> bytes:
    """Store each part by itself, with a table of where they are."""
    out, places = bytearray(b"%PDF-1.4\n"), {}
    for number, part in sorted(parts.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    return bytes(out) + _table(places, max(parts) + 1, len(out), trailer)


def changed(whole: bytes, parts: Parts, trailer: bytes = b"") -> bytes:
    """Add a later version of some parts behind a document, as editors do; the former ones stay."""
    before = int(whole.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    out, places = whole, {}
    for number, part in sorted(parts.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    return out + _table(places, 1000, len(out), b"/Prev %d%b" % (before, trailer))


def packed(parts: Parts, trailer: bytes = b"", *, fill: bytes = b"") -> bytes:
    """Store what holds no data in a compressed stream, where nobody sees it by looking.

    `fill` stands in that stream besides.
    """
    inside = {number: part for number, part in parts.items() if b"stream" not in part}
    out, places = b"%PDF-1.5\n", {}
    store, table = max(parts) + 1, max(parts) + 2
    head, body = b"", b""
    for number, part in sorted(inside.items()):
        head += b"%d %d " % (number, len(body))
        body += part + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(inside), len(head))
    rest = {number: part for number, part in parts.items() if number not in inside}
    rest[store] = stream(zlib.compress(head + body + fill, 9), entries)
    for number, part in sorted(rest.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    for number in range(1, table + 1):
        if number in inside:
            rows.append(struct.pack(">BIH", 2, store, sorted(inside).index(number)))
        else:
            at = len(out) if number == table else places.get(number, 0)
            rows.append(struct.pack(">BIH", 1 if at else 0, at, 0))
    entries = b"/Type/XRef/W[1 4 2]/Size %d/Root 1 0 R/Filter/FlateDecode%b" % (table + 1, trailer)
    end = b"%d 0 obj\n%b\nendobj\n" % (table, stream(zlib.compress(b"".join(rows)), entries))
    return out + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def _table(places: Mapping[int, int], size: int, at: int, trailer: bytes) -> bytes:
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % each for each in sorted(places.items()))
    head = b"xref\n0 1\n0000000000 65535 f \n" + rows
    return head + b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, trailer, at,
    )  # fmt: skip


PDF = plain(pages())
