"""The audit, read by auditors."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.audit import service
from app.core.permissions import Permission, requires

bp = Blueprint("audit", __name__)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def list_lines() -> ResponseReturnValue:
    """Show who did what, newest first."""
    page = service.list_lines(page=request.args.get("page", 1, type=int))
    people = accounts.people([line.actor_id for line in page.items if line.actor_id is not None])
    return render_template("audit/list.html", page=page, people=people)
