"""What a unit attaches to its result: looked at, kept without what tells of its taker."""

import gc
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.handed_down import hand_down
from app.handling import attachments, contacting, results
from app.handling.attachments import AttachmentPlace
from app.recordings.audio_store import AudioFolder
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, state
from tests.ticket_desks.documents import AUTHOR, PDF, packed, pages, plain
from tests.ticket_desks.pictures import TINY_JPEG, WHERE, photo
from tests.ticket_desks.unit_page import do, page_of, result, version

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

SignIn = Callable[..., PageClient]


@pytest.fixture
def unit(cast: Cast, sign_in_as: SignIn) -> PageClient:
    """Give the browser of a person of the unit that leads."""
    return sign_in_as("city_liaison", unit_id=cast.lead)


def test_a_result_with_a_photo_is_handed_in_once_and_says_nothing_of_where_it_was_taken(
    cast: Cast, unit: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast)
    assert do(unit, ticket_id, "contacts", "contact", reached="yes").status_code == 302
    assert not contacting.contacts_of(ticket_id)[0].call_id
    seen = version(page_of(unit, ticket_id))

    def send() -> Any:
        sent = result(photos=(io.BytesIO(photo()), "现场.jpg"), internal_note="仅供内部", seen=seen)
        typed = {f"result-{name}": value for name, value in sent.items()}
        return unit.post(f"/unit/tickets/{ticket_id}/result", data=typed)

    first, again = send(), send()

    assert (first.status_code, again.status_code) == (302, 302)
    assert state(ticket_id) == "to_audit"
    assert len(results.results_of(ticket_id)) == 1
    files = attachments.attachments_of(ticket_id)
    assert [(each.name, each.kind) for each in files] == [("现场.jpg", "handling")]
    for browser, address in (
        (unit, f"/unit/tickets/{ticket_id}/files/{files[0].id}"),
        (sign_in_as("dispatcher"), f"/tickets/{ticket_id}/files/{files[0].id}"),
    ):
        given = browser.get(address)
        assert given.data == TINY_JPEG
        assert WHERE not in given.data
        assert given.mimetype == "image/jpeg"
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert given.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ a program", "现场.jpg", "不是照片或 PDF"),
        (TINY_JPEG, "现场.png", "与文件名不符"),
        (TINY_JPEG, "../现场.jpg", "不能带路径"),
        (TINY_JPEG + b"\0" * 20 * 1024 * 1024, "现场.jpg", "超过 10 MB"),
        (PDF[:80], "回执.pdf", "“回执.pdf”不完整或无法读取"),
    ],
)
def test_a_file_that_is_no_proof_is_refused_beside_its_field_and_nothing_typed_is_lost(
    cast: Cast, unit: PageClient, content: bytes, name: str, said: str
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)

    refused = do(unit, ticket_id, "result", "result", **result(photos=(io.BytesIO(content), name)))

    with warnings.catch_warnings():
        # the test client leaves the file of a large body to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)
    assert play.REPLY in refused.get_data(as_text=True)
    assert state(ticket_id) == "handling"
    assert attachments.attachments_of(ticket_id) == []


def test_a_document_that_runs_programs_is_refused_beside_the_field_that_it_came_by(
    cast: Cast, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    bad = packed(pages(catalog=b"/OpenAction<</S/JavaScript/JS(1)>>"))

    page = do(unit, ticket_id, "result", "result",
              **result(contact_files=(io.BytesIO(bad), "记录.pdf")))  # fmt: skip

    beside = page.get_data(as_text=True).split('id="result-contact_files-error"')[1][:300]
    assert "“记录.pdf”含脚本" in beside
    assert attachments.attachments_of(ticket_id) == []


def test_a_document_is_given_back_without_its_author(cast: Cast, unit: PageClient) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    whole = plain(pages(more={4: b"<</Author(%b)>>" % AUTHOR}), b"/Info 4 0 R")
    do(unit, ticket_id, "result", "result",
       **result(contact_files=(io.BytesIO(whole), "记录.pdf")))  # fmt: skip

    [kept] = attachments.attachments_of(ticket_id)
    given = unit.get(f"/unit/tickets/{ticket_id}/files/{kept.id}").data
    assert b"Lamps mended" in given
    assert AUTHOR not in given


def test_what_the_scanner_refuses_is_not_kept(
    cast: Cast, unit: PageClient, app: Any, tmp_path: Path
) -> None:
    script = tmp_path / "scan.py"
    script.write_text(
        "import pathlib, sys\n"
        "sys.exit(1 if b'EVIL' in pathlib.Path(sys.argv[1]).read_bytes() else 0)\n"
    )
    place = AttachmentPlace(
        AudioFolder(tmp_path / "files"), most_bytes=1024 * 1024, scan_command=f"python3 {script}"
    )
    hand_down(app, place)
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    bad = plain(pages("EVIL"))

    refused = do(unit, ticket_id, "result", "result",
                 **result(contact_files=(io.BytesIO(bad), "回执.pdf")))  # fmt: skip
    assert refused.status_code == 422
    assert "未通过安全扫描" in refused.get_data(as_text=True)
    hand_down(app, AttachmentPlace(place.store, most_bytes=1024, scan_command="/no/such/scanner"))
    down = do(unit, ticket_id, "result", "result",
              **result(photos=(io.BytesIO(TINY_JPEG), "a.jpg")))  # fmt: skip
    assert down.status_code == 503
    hand_down(app, place)
    kept = do(unit, ticket_id, "result", "result",
              **result(photos=(io.BytesIO(TINY_JPEG), "a.jpg")))  # fmt: skip
    assert kept.status_code == 302
    assert len(attachments.attachments_of(ticket_id)) == 1
