"""What units attach to a ticket: checked, scanned, kept beside the recordings, given to few.

Checking and scanning happen before a save is open; the file is put into its place before the row
that names it, so that no row ever names a file that is not there.
"""

import hashlib
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from sqlalchemy import select

from app.core import clock as wall
from app.core.database import db
from app.core.errors import Invalid, NotFound, Refusal
from app.core.handed_down import given
from app.handling import document_apart
from app.handling.acting import Doer
from app.handling.attachment_checks import REWRITES, Checked, FileKind, check_file
from app.handling.attachment_refusals import FileNotClean, ScannerDown
from app.handling.models import Attachment
from app.handling.models import AttachmentKind as AttachmentKind
from app.handling.unit_parts import own_part
from app.tickets import stepping

SCAN_SECONDS = 60
AT_ONCE = 9
LOOKED_AT = {**REWRITES, FileKind.PDF: document_apart.pdf}
"""Who looks at what: a document can be made to hold up whoever reads it, so that is done apart."""


class TooManyFiles(Invalid):
    """At most `most` files are attached at once."""

    code = "too-many-files"


class NoSuchAttachment(NotFound):
    """There is no such file, or not for this person."""

    code = "attachment-not-found"


class FileStore(Protocol):
    """What a place for files must be able to do."""

    def put(self, path: str, content: bytes) -> None:
        """Keep a file, whole or not at all."""
        ...

    def get(self, path: str) -> bytes:
        """Return a file."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file; one that is not there is removed already."""
        ...


@dataclass(frozen=True)
class AttachmentPlace:
    """Where files are kept, how large one may be, and which command looks at it before.

    The command gets the file's path as its last word; any end but 0 refuses the file.
    """

    store: FileStore
    most_bytes: int
    scan_command: str = field(default="")


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file as it came."""

    kind: AttachmentKind
    name: str
    content: bytes


def check(files: Sequence[NewFile]) -> list[tuple[AttachmentKind, Checked]]:
    """Look at files before anything is saved.

    Raises TooManyFiles; what `attachment_checks.check_file` raises, FileNotClean and ScannerDown,
    each with the kind of the file that it is about as its field.
    """
    if len(files) > AT_ONCE:
        raise TooManyFiles(field="files", most=AT_ONCE)
    place = given(AttachmentPlace)
    return [(each.kind, _checked(each, place)) for each in files]


def attach(
    ticket_id: int, files: Sequence[tuple[AttachmentKind, Checked]], *, doer: Doer
) -> list[Attachment]:
    """Keep checked files with a ticket in which one's unit has a part. Raises NotYourPart."""
    ticket = stepping.read_for_change(ticket_id)
    part, now = own_part(ticket_id, doer), wall.now()
    rows = []
    for kind, each in files:
        digest = hashlib.sha256(each.content).hexdigest()
        day = now.astimezone(UTC).strftime("%Y/%m/%d")
        path = f"attachments/{day}/{ticket_id}.{digest}"
        given(AttachmentPlace).store.put(path, each.content)
        row = Attachment(
            ticket_id=ticket_id, unit_id=part.unit_id, round=ticket.round, kind=kind,
            name=each.name, media_type=each.kind, size_bytes=len(each.content), sha256=digest,
            path=path, at=now, by=doer.user_id,
        )  # fmt: skip
        db.session.add(row)
        rows.append(row)
    if rows:
        carried = {"files": len(rows), "kinds": sorted({str(kind) for kind, _each in files})}
        stepping.write_step(
            ticket, "attach", at=now, by=doer.user_id, unit_id=part.unit_id, carried=carried
        )
    return rows


def attachments_of(ticket_id: int) -> list[Attachment]:
    """Return every file of a ticket, oldest first."""
    asked = select(Attachment).where(Attachment.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(Attachment.id)))


def read(ticket_id: int, attachment_id: int) -> tuple[Attachment, bytes]:
    """Return a file of a ticket that its reader may read. Raises NoSuchAttachment."""
    row = db.session.get(Attachment, attachment_id)
    if row is None or row.ticket_id != ticket_id:
        raise NoSuchAttachment
    content = given(AttachmentPlace).store.get(row.path)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise NoSuchAttachment  # altered since: it proves nothing any more
    return row, content


def _checked(new: NewFile, place: AttachmentPlace) -> Checked:
    try:
        looked_at = check_file(
            new.name, new.content, most_bytes=place.most_bytes, rewrites=LOOKED_AT
        )
        _scan(looked_at, place.scan_command)
    except Refusal as refusal:
        refusal.field = new.kind.value
        raise
    return looked_at


def _scan(checked: Checked, command: str) -> None:
    if not command:
        return
    endings = {FileKind.JPEG: ".jpg", FileKind.PNG: ".png", FileKind.PDF: ".pdf"}
    with TemporaryDirectory(prefix="scan-") as folder:
        path = Path(folder) / f"file{endings[checked.kind]}"
        path.write_bytes(checked.content)
        try:
            said = subprocess.run(  # noqa: S603 - the command of the settings, no shell
                [*shlex.split(command), str(path)], capture_output=True, timeout=SCAN_SECONDS,
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as why:
            raise ScannerDown from why
    if said.returncode != 0:
        raise FileNotClean(field="files", name=checked.name)
