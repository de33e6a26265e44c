"""A file is what its content says; what a camera writes beside a photo does not stay."""

import struct

import pytest

from app.handling import attachment_checks as checks
from app.handling import attachment_refusals as refusals
from app.handling.attachment_checks import FileKind, check_file
from tests.ticket_desks.documents import PDF, pages, plain
from tests.ticket_desks.pictures import TINY_JPEG, WHERE, chunk, photo, png

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


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.png", photo(), refusals.FileLies),
        ("a.jpg", png(), refusals.FileLies),
        ("a.pdf", TINY_JPEG, refusals.FileLies),
        ("a", TINY_JPEG, refusals.FileLies),
        ("a.jpg", b"MZ\x90\0 a program", refusals.FileKindUnknown),
        ("a.jpg", b"<svg onload='alert(1)'/>", refusals.FileKindUnknown),
        ("a.jpg", b"", refusals.FileEmpty),
        ("a.jpg", TINY_JPEG + b"\0" * 20 * 1024 * 1024, refusals.FileTooLarge),
        ("../../etc/passwd.jpg", TINY_JPEG, refusals.FileNameUnfit),
        ("C:\\Users\\a.jpg", TINY_JPEG, refusals.FileNameUnfit),
        ("a\n.jpg", TINY_JPEG, refusals.FileNameUnfit),
        (".jpg", TINY_JPEG, refusals.FileNameUnfit),
        ("a" * 100 + ".jpg", TINY_JPEG, refusals.FileNameUnfit),
        ("a.pdf", plain(pages(catalog=b"/OpenAction<</S/JavaScript>>")), refusals.FileActive),
        ("a.pdf", PDF[:20], refusals.FileBroken),
    ],
)
def test_what_is_no_proof_is_refused(name: str, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(name, content)


def test_a_picture_that_unpacks_to_more_than_it_says_is_refused_before_it_is_unpacked() -> None:
    bomb = png(wide=2, high=2, rows=b"\0" * 200_000_000)
    assert len(bomb) < 300_000

    with pytest.raises(refusals.PictureTooLarge):
        check("bomb.png", bomb)


def test_a_picture_with_too_many_points_is_refused_by_its_header() -> None:
    with pytest.raises(refusals.PictureTooLarge):
        check("wide.png", png(wide=60_000, high=60_000, rows=b""))
    at = TINY_JPEG.index(b"\xff\xc0") + 5
    wide = TINY_JPEG[:at] + b"\xff\xff\xff\xff" + TINY_JPEG[at + 4 :]
    with pytest.raises(refusals.PictureTooLarge):
        check("wide.jpg", wide)


def test_a_picture_cut_off_anywhere_is_refused_and_breaks_nothing() -> None:
    for whole, name in ((photo(upright=3), "cut.jpg"), (png(), "cut.png")):
        end = len(whole) - (len(b"behind the end" + WHERE) if name == "cut.jpg" else 0)
        for length in range(8, end - 2):
            with pytest.raises((refusals.FileBroken, refusals.PictureTooLarge)):
                check(name, whole[:length])


def test_a_piece_with_a_wrong_check_sum_is_refused() -> None:
    whole = bytearray(png())
    whole[20] ^= 1

    with pytest.raises(refusals.FileBroken):
        check("bad.png", bytes(whole))
