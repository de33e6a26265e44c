"""Of a document its pages stay as they were, and nothing that runs, carries or tells."""

import io
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pypdf import PdfReader, PdfWriter

from app.handling import document_apart, document_checks
from app.handling.attachment_refusals import (
    ContentUnfit,
    DocumentTooLarge,
    FileActive,
    FileBroken,
    FileLocked,
    ScannerDown,
)
from tests.ticket_desks.documents import AUTHOR, PDF, Parts, changed, packed, pages, plain, stream
from tests.ticket_desks.pictures import TINY_JPEG, WHERE, photo

Store = Callable[..., bytes]
STORES = pytest.mark.parametrize("store", [plain, packed])
JS = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
XMP = stream(b"<x:xmpmeta>" + AUTHOR + b"</x:xmpmeta>", b"/Type/Metadata/Subtype/XML")


def texts(content: bytes) -> list[str]:
    """Give the text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


# --- what stays --------------------------------------------------------------------------


@STORES
def test_the_pages_of_a_document_stay_in_number_order_and_words(store: Store) -> None:
    whole = store(pages("Lamp one", "Lamp two", "Lamp three"))
    kept = document_checks.pdf(whole)

    assert texts(kept) == texts(whole) == ["Lamp one", "Lamp two", "Lamp three"]


@STORES
def test_a_document_that_was_written_anew_stays_as_it_is(store: Store) -> None:
    kept = document_checks.pdf(store(pages("Lamp one", "Lamp two")))

    assert document_checks.pdf(kept) == kept


def test_links_fields_and_the_place_where_it_opens_are_no_programs() -> None:
    page = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://a.cn)>>>>]"
    catalog = b"/OpenAction[10 0 R/Fit]/AcroForm<</Fields[<</FT/Tx/T(name)/V(Li)>>]>>"
    kept = document_checks.pdf(packed(pages(page=page, catalog=catalog)))

    root = PdfReader(io.BytesIO(kept)).trailer["/Root"]
    assert {"/OpenAction", "/AcroForm"} <= set(root)
    assert b"/URI" in kept


def test_names_and_strings_stay_the_bytes_that_they_were() -> None:
    signs = bytes(range(256)).hex().encode()
    parts = pages(page=b"/Kept<%b>/N#C1#D6#20 1" % signs)
    kept = document_checks.pdf(plain(parts))

    assert b"<%b>" % signs in kept
    assert b"/N#C1#D6#20 1" in kept


# --- what does not stay ------------------------------------------------------------------


@STORES
def test_who_wrote_a_document_with_what_is_not_kept(store: Store) -> None:
    said = b"<</Author(%b)/Producer(%b)/Title(%b)>>" % (AUTHOR, AUTHOR, AUTHOR)
    more = {4: said, 5: XMP, 6: b"<</Private(%b)>>" % AUTHOR}
    beside = b"/Metadata 5 0 R/PieceInfo<</Word<</Private 6 0 R>>>>/LastModified(%b)" % AUTHOR
    whole = store(pages(page=beside, catalog=beside, more=more), b"/Info 4 0 R")
    kept = document_checks.pdf(whole)

    assert AUTHOR not in kept
    reader = PdfReader(io.BytesIO(kept))
    assert (reader.metadata, reader.xmp_metadata) == (None, None)
    assert texts(kept) == texts(whole)


def test_an_earlier_version_of_a_document_is_not_kept() -> None:
    before = plain(pages(AUTHOR.decode()))
    after = changed(before, {11: stream(b"BT /F1 12 Tf 72 700 Td (Somebody) Tj ET")})

    kept = document_checks.pdf(after)
    assert texts(kept) == ["Somebody"]
    assert AUTHOR not in kept


def test_what_no_page_reaches_is_not_kept() -> None:
    kept = document_checks.pdf(plain(pages(more={7: JS, 8: b"(%b)" % AUTHOR})))

    assert AUTHOR not in kept
    assert b"JavaScript" not in kept


@pytest.mark.parametrize("is_folded", [False, True])
def test_where_a_photo_in_a_document_was_taken_is_not_kept(*, is_folded: bool) -> None:
    shape = b"/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceGray"
    data = zlib.compress(photo(upright=6)) if is_folded else photo(upright=6)
    chain = b"/Filter[/FlateDecode/DCTDecode]" if is_folded else b"/Filter/DCTDecode"
    parts = pages(page=b"/Thumb 5 0 R", more={5: stream(data, shape + chain)})
    kept = document_checks.pdf(plain(parts))

    assert WHERE not in kept
    assert TINY_JPEG in kept


def test_a_photo_of_a_document_that_stops_in_its_last_line_is_kept_as_far_as_it_goes() -> None:
    cut = photo()[: -len(b"behind the end" + WHERE) - 3]
    parts = pages(page=b"/Thumb 5 0 R", more={5: stream(cut, b"/Filter/DCTDecode")})

    assert WHERE not in document_checks.pdf(plain(parts))


def test_a_signature_that_no_longer_holds_is_not_kept_with_the_name_in_it() -> None:
    field = b"<</FT/Sig/T(seal)/V<</Type/Sig/Name(%b)/Contents<00>>>>>" % AUTHOR
    kept = document_checks.pdf(plain(pages(catalog=b"/AcroForm<</Fields[%b]>>" % field)))

    assert AUTHOR not in kept


# --- what is refused ---------------------------------------------------------------------


@STORES
@pytest.mark.parametrize(
    "where",
    [
        {"catalog": b"/OpenAction " + JS},
        {"catalog": b"/OpenAction 5 0 R", "more": {5: JS}},
        {"catalog": b"/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", "more": {5: JS}},
        {"catalog": b"/Names<</EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>",
         "more": {5: b"<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>",
                  6: stream(b"MZ", b"/Type/EmbeddedFile")}},
        {"catalog": b"/AF[<</Type/Filespec/F(a.xml)/EF<<>>>>]"},
        {"catalog": b"/AcroForm<</Fields[]/XFA 5 0 R>>", "more": {5: stream(b"<xdp/>")}},
        {"catalog": b"/Collection<</View/T>>"},
        {"page": b"/AA<</O " + JS + b">>"},
        {"page": b"/Annots[<</Subtype/Link/A<</S/Launch/F(cmd.exe)>>>>]"},
        {"page": b"/Annots[<</Subtype/Link/A<</S/GoTo/Next<</S/Launch/F(a)>>>>>>]"},
        {"page": b"/Annots[<</Subtype/Link/A<</S 5 0 R/F(cmd.exe)>>>>]", "more": {5: b"/Launch"}},
        {"page": b"/Annots[<</Subtype/Link/A<</S/L#61unch/F(cmd.exe)>>>>]"},
        {"page": b"/Annots[<</Subtype/Link/A<</S/GoToR/F(\\\\\\\\host\\\\share)>>>>]"},
        {"page": b"/Annots[<</Subtype/Widget/A<</S/SubmitForm/F(https://a.cn)>>>>]"},
        {"page": b"/Annots[<</Subtype/Widget/A<</S/URI/#4aS(1)>>>>]"},
        {"page": b"/Annots[<</Subtype/FileAttachment/FS 5 0 R>>]", "more": {5: b"<<>>"}},
        {"page": b"/Annots[<</Subtype/RichMedia>>]"},
        {"page": b"/Thumb 5 0 R", "more": {5: stream(b"", b"/F(other.pdf)")}},
    ],
)  # fmt: skip
def test_what_runs_programs_or_carries_files_is_refused_wherever_it_lies(
    store: Store, where: dict[str, bytes | Parts]
) -> None:
    with pytest.raises(FileActive):
        document_checks.pdf(store(pages(**where)))  # type: ignore[arg-type]  # entries by name


@pytest.mark.parametrize(("user", "kind"), [("secret", "AES-256"), ("", "RC4-128")])
def test_a_document_with_a_password_is_refused_also_where_everybody_may_read_it(
    user: str, kind: str
) -> None:
    writer, out = PdfWriter(clone_from=io.BytesIO(PDF)), io.BytesIO()
    writer.encrypt(user, "owner", algorithm=kind)
    writer.write(out)

    with pytest.raises(FileLocked):
        document_checks.pdf(out.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n",
        b"%PDF-1.4\n%%EOF\n",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        plain({1: b"<</Type/Catalog>>"}),
        plain({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[]/Count 0>>"}),
        plain({1: b"42"}),
        PDF[: len(PDF) // 2],
    ],
)
def test_what_is_no_readable_document_with_a_page_is_refused(content: bytes) -> None:
    with pytest.raises(FileBroken):
        document_checks.pdf(content)


@STORES
def test_a_document_cut_off_anywhere_is_refused_or_whole_and_breaks_nothing(store: Store) -> None:
    whole = store(pages("Lamp one", "Lamp two"))
    for length in range(0, len(whole) - len(b"%EOF\n"), 7):
        try:
            kept = document_checks.pdf(whole[:length])
        except ContentUnfit:
            continue
        assert texts(kept) == ["Lamp one", "Lamp two"]


# --- what would never end ----------------------------------------------------------------


def quickly_refused(content: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises((DocumentTooLarge, FileBroken)):
        document_apart.pdf(content)
    assert time.monotonic() - begun < document_apart.PATIENCE


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def chain(length: int) -> Parts:
    return {20 + nth: b"<</Next %d 0 R>>" % (21 + nth) for nth in range(length)}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(packed(pages(), fill=b" " * 200_000_000), id="a stream that unpacks to more"),
        pytest.param(plain(pages(page=b"/A " + deep(50_000))), id="arrays in arrays"),
        pytest.param(packed(pages(page=b"/A " + deep(500))), id="arrays in arrays, packed"),
        pytest.param(plain(pages(page=b"/A 20 0 R", more=chain(60_000))), id="too many parts"),
        pytest.param(plain(pages(*["x"] * 1_001)), id="too many pages"),
        pytest.param(
            plain(pages(page=b"/Thumb 5 0 R", more={
                5: stream(b"x", b"/Filter[%b/DCTDecode]" % (b"/FlateDecode" * 5_000))})),
            id="packed too often",
        ),
    ],
)  # fmt: skip
def test_a_document_that_is_more_than_it_looks_is_refused_before_it_holds_anybody_up(
    content: bytes,
) -> None:
    assert len(content) < 10 * 1024 * 1024
    quickly_refused(content)


def test_parts_that_lead_back_to_each_other_are_written_once() -> None:
    loop = {20: b"<</Next 21 0 R>>", 21: b"<</Next 20 0 R/Kids[20 0 R 21 0 R]>>"}
    kept = document_checks.pdf(packed(pages(page=b"/A 20 0 R", more=loop)))

    assert texts(kept) == ["Lamps mended"]


# --- in a process of its own -------------------------------------------------------------


def test_a_document_is_looked_at_apart_with_the_same_outcome() -> None:
    assert document_apart.pdf(PDF) == document_checks.pdf(PDF)
    for content, refusal in (
        (plain(pages(catalog=b"/OpenAction " + JS)), FileActive),
        (PDF[:40], FileBroken),
        (plain(pages(), b"/Encrypt<</Filter/Standard/V 1/R 2/O(a)/U(b)/P -4>>"), FileLocked),
        (plain(pages(*["x"] * 1_001)), DocumentTooLarge),
    ):
        with pytest.raises(refusal):
            document_apart.pdf(content)


def test_one_that_takes_too_much_work_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_apart, "SECONDS", 1)
    full = {at: part[:-2] + b"/A[%b]>>" % (b"0 " * 200) for at, part in chain(20_000).items()}

    with pytest.raises(DocumentTooLarge):
        document_apart.pdf(plain(pages(page=b"/A 20 0 R", more=full)))


def test_one_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_apart, "PATIENCE", 0.001)

    with pytest.raises(DocumentTooLarge):
        document_apart.pdf(PDF)


def test_where_nobody_can_be_asked_that_is_said_and_not_that_the_file_is_bad(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for program in ("/no/such/python", "/bin/false"):
        monkeypatch.setattr("sys.executable", program)
        with pytest.raises(ScannerDown):
            document_apart.pdf(PDF)


# --- whatever comes ----------------------------------------------------------------------

WHOLE = (
    plain(pages("Lamp one", "Lamp two", page=b"/Metadata 5 0 R", more={5: XMP})),
    packed(pages("Lamp one", "Lamp two", page=b"/Metadata 5 0 R", more={5: XMP})),
    changed(PDF, {11: stream(b"BT (later) Tj ET")}),
)
WORDS = (
    b"<<", b">>", b"[", b"]", b"stream\n", b"endstream", b"endobj", b" 0 R", b" 0 obj", b"/Kids",
    b"/Length 9", b"/Filter/FlateDecode", b"/Type/ObjStm", b"/Type/XRef", b"/Prev 0", b"null",
    b"(", b")", b"<", b"\xff", b"%", b"9" * 30, b"-1", b"/W[9 9 9]", b"/Index[0 999999999]",
    b"/Size 999999999", b"/N 99999999", b"/First -5",
)  # fmt: skip


@some.composite
def broken_documents(draw: some.DrawFn) -> bytes:
    """Documents in which some places hold something else than they did."""
    content = bytearray(draw(some.sampled_from(WHOLE)))
    for _ in range(draw(some.integers(1, 6))):
        at = draw(some.integers(0, len(content)))
        gone = draw(some.integers(0, 40))
        content[at : at + gone] = draw(
            some.one_of(some.sampled_from(WORDS), some.binary(max_size=12))
        )
    return b"%PDF-1.5\n" + bytes(content)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_documents())
def test_a_broken_document_is_refused_or_becomes_one_that_is_sound(content: bytes) -> None:
    try:
        kept = document_checks.pdf(content)
    except ContentUnfit:
        return
    assert document_checks.pdf(kept) == kept
