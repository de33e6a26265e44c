"""Files of tickets, given to who may read the ticket: as a download, never run by a browser."""

import io

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission, requires
from app.handling import attachments
from app.privacy.looks import Deed
from app.ticket_desks import dispatch_picture, unit_picture
from app.ticket_desks.desk_acts import note_look

bp = Blueprint("attachments", __name__)


@bp.get("/unit/tickets/<int:ticket_id>/files/<int:attachment_id>")
@requires(Permission.TICKETS_HANDLE)
def give_to_unit(ticket_id: int, attachment_id: int) -> ResponseReturnValue:
    """Give a file to a person of a unit that has or had a part in the ticket."""
    note_look(unit_picture.read, ticket_id, deed=Deed.EXPORTED)
    return _sent(ticket_id, attachment_id)


@bp.get("/tickets/<int:ticket_id>/files/<int:attachment_id>")
@requires(Permission.TICKETS_READ)
def give(ticket_id: int, attachment_id: int) -> ResponseReturnValue:
    """Give a file to a person of the hotline who may read the ticket."""
    note_look(dispatch_picture.read, ticket_id, deed=Deed.EXPORTED)
    return _sent(ticket_id, attachment_id)


def _sent(ticket_id: int, attachment_id: int) -> ResponseReturnValue:
    row, content = attachments.read(ticket_id, attachment_id)
    response = send_file(
        io.BytesIO(content),
        mimetype=row.media_type,
        as_attachment=True,
        download_name=row.name,
    )
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
