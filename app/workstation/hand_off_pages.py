"""Callers handed to 110, 119, 120, 122, a utility or another body: to whom, why, with what end."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.calls import service as calls
from app.calls import transfers
from app.calls.transfers import Wanted
from app.channels import directory
from app.core.forms import plain
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy.personal_traces import masked_in
from app.rules import service as rules
from app.tickets import service as tickets
from app.tickets.ticket_states import EnquiryResult

if TYPE_CHECKING:
    from app.rules.models import Exclusion

bp = Blueprint("hand_off_pages", __name__)

LONGEST_TEXT = 50


@bp.get("/calls/hand-offs")
@requires(Permission.CALLS_READ_OWN)
def list_hand_offs() -> ResponseReturnValue:
    """Show who was handed outside, the newest first: one's own callers, or all."""
    entries = directory.all_entries()
    text = plain(request.args.get("text"))[:LONGEST_TEXT]
    kind = plain(request.args.get("kind"))
    of_kind = frozenset(code for code, each in entries.items() if each.kind.value == kind)
    wanted = Wanted(
        entries=of_kind if kind in set(directory.KINDS) else None,
        text=text,
        named=frozenset(
            code for code, each in entries.items() if text and text in f"{each.name} {each.number}"
        ),
        call_ids=frozenset(tickets.calls_handed_for(text)) if text else frozenset(),
        agent_id=None if may(Permission.CALLS_READ_ALL) else the_person().id,
    )
    page = transfers.list_outside(wanted, page=request.args.get("page", 1, type=int))
    call_ids = {each.call_id for each in page.items}
    return render_template(
        "workstation/hand_offs.html",
        page=page,
        entries=entries,
        kinds=directory.KINDS,
        asked={"text": text, "kind": kind},
        of_calls=calls.calls_by_id(call_ids),
        outcomes=tickets.outcomes_of(call_ids),
        reasons={call_id: _reason(call_id) for call_id in call_ids},
        agents=accounts.people({each.from_agent_id for each in page.items if each.from_agent_id}),
        shown=masked_in,
    )


def _reason(call_id: int) -> tuple["Exclusion | None", str]:
    """Return the exclusion by which a call was handed on, and what the agent wrote of it."""
    records = [
        each
        for each in tickets.enquiries_of(call_id)
        if each.exclusion_code or each.result is EnquiryResult.TRANSFERRED
    ]
    code = next((each.exclusion_code for each in records if each.exclusion_code), "")
    note = next((each.note for each in records if each.note), "")
    return rules.get_exclusion(code) if code else None, masked_in(note)
