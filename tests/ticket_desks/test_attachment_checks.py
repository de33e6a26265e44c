"""A file is what its content says; what a camera writes beside a photo does not stay."""

import struct

import pytest

from app.handling import attachment_checks as checks
from app.handling.attachment_checks import FileKind, check_file
from tests.ticket_desks.pictures import PDF, TINY_JPEG, WHERE, chunk, photo, png

MOST = 10 * 1024 * 1024


def check(name: str, content: bytes) -> checks.Checked:
    """Check a file of at most ten megabytes."""
    return check_file(name, content, most_bytes=MOST)


def test_where_a_photo_was_taken_is_not_kept_and_the_picture_stays_as_it_was() -> None:
    kept = check("现场.jpg", photo())

    assert kept.kind is FileKind.JPEG
    assert WHERE not in kept.content
    assert kept.content == TINY_JPEG


def test_a_photo_taken_upright_stays_upright() -> None:
    kept = check("现场.JPG", photo(upright=6)).content

    assert WHERE not in kept
    assert kept[2:4] == b"\xff\xe1"
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in kept
    assert check("again.jpg", kept).content == kept


def test_what_is_written_into_a_png_is_not_kept() -> None:
    kept = check("截图.png", png()).content

    assert WHERE not in kept
    assert kept.endswith(chunk(b"IEND", b""))
    assert check("again.png", kept).content == kept


def test_a_pdf_stays_as_it_is() -> None:
    assert check("回执.pdf", PDF).content == PDF


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.png", photo(), checks.FileLies),
        ("a.jpg", png(), checks.FileLies),
        ("a.pdf", TINY_JPEG, checks.FileLies),
        ("a", TINY_JPEG, checks.FileLies),
        ("a.jpg", b"MZ\x90\0 a program", checks.FileKindUnknown),
        ("a.jpg", b"<svg onload='alert(1)'/>", checks.FileKindUnknown),
        ("a.jpg", b"", checks.FileEmpty),
        ("a.jpg", TINY_JPEG + b"\0" * 20 * 1024 * 1024, checks.FileTooLarge),
        ("../../etc/passwd.jpg", TINY_JPEG, checks.FileNameUnfit),
        ("C:\\Users\\a.jpg", TINY_JPEG, checks.FileNameUnfit),
        ("a\n.jpg", TINY_JPEG, checks.FileNameUnfit),
        (".jpg", TINY_JPEG, checks.FileNameUnfit),
        ("a" * 100 + ".jpg", TINY_JPEG, checks.FileNameUnfit),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction"), checks.FileActive),
        ("a.pdf", PDF[:20], checks.FileBroken),
    ],
)
def test_what_is_no_proof_is_refused(name: str, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(name, content)


def test_a_picture_that_unpacks_to_more_than_it_says_is_refused_before_it_is_unpacked() -> None:
    bomb = png(wide=2, high=2, rows=b"\0" * 200_000_000)
    assert len(bomb) < 300_000

    with pytest.raises(checks.PictureTooLarge):
        check("bomb.png", bomb)


def test_a_picture_with_too_many_points_is_refused_by_its_header() -> None:
    with pytest.raises(checks.PictureTooLarge):
        check("wide.png", png(wide=60_000, high=60_000, rows=b""))
    at = TINY_JPEG.index(b"\xff\xc0") + 5
    wide = TINY_JPEG[:at] + b"\xff\xff\xff\xff" + TINY_JPEG[at + 4 :]
    with pytest.raises(checks.PictureTooLarge):
        check("wide.jpg", wide)


def test_a_picture_cut_off_anywhere_is_refused_and_breaks_nothing() -> None:
    for whole, name in ((photo(upright=3), "cut.jpg"), (png(), "cut.png")):
        end = len(whole) - (len(b"behind the end" + WHERE) if name == "cut.jpg" else 0)
        for length in range(8, end - 2):
            with pytest.raises((checks.FileBroken, checks.PictureTooLarge)):
                check(name, whole[:length])


def test_a_piece_with_a_wrong_check_sum_is_refused() -> None:
    whole = bytearray(png())
    whole[20] ^= 1

    with pytest.raises(checks.FileBroken):
        check("bad.png", bytes(whole))
