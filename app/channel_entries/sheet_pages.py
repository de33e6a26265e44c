"""A sheet of cases: looked at first, then taken over whole."""

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.channel_entries import case_import
from app.channel_entries.case_faults import Fault
from app.channel_entries.case_reading import own_channel
from app.channel_entries.case_sheet import MOST_ROWS, Sheet
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.channel_states import WayIn
from app.channel_entries.forms import ActForm, CaseSheetForm
from app.channel_entries.refusals import (
    ChannelHasNotThisWay,
    ChannelNotInUse,
    SheetNoLongerFits,
)
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict
from app.core.forms import check_form
from app.core.judged_sheets import Outcome
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.core.workbook_writing import WORKBOOK_TYPE

bp = Blueprint("sheet_pages", __name__, url_prefix="/channel-cases/sheets")

LARGEST = 1024 * 1024
MOST_SHOWN = 100
"""Right rows shown; every wrong one is."""
ONE_ANSWER = timedelta(seconds=8)
"""How long one request takes rows over before it says how far it is."""


@bp.get("/template.xlsx")
@requires(Permission.CHANNEL_CASES_ENTER)
def give_template() -> ResponseReturnValue:
    """Give the workbook to fill in."""
    return Response(
        case_import.template_workbook(),
        mimetype=WORKBOOK_TYPE,
        headers={"Content-Disposition": 'attachment; filename="channel-cases.xlsx"'},
    )


@bp.get("/<int:channel_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def ask_for_sheet(channel_id: int) -> ResponseReturnValue:
    """Ask for a sheet of a channel's cases."""
    return _page(_channel(channel_id), CaseSheetForm(formdata=None))


@bp.post("/<int:channel_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def look_at_sheet(channel_id: int) -> ResponseReturnValue:
    """Say row by row what a sheet would do, and what is wrong with it; enter nothing."""
    channel = _channel(channel_id)
    form = CaseSheetForm()
    if not form.validate_on_submit():
        return _page(channel, form), 422
    content = form.sheet.data.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _refused(channel, form, Fault.TOO_MUCH)
    rows = case_import.read_file(form.sheet.data.filename or "", content)
    if isinstance(rows, Fault):
        return _refused(channel, form, rows)
    sheet = case_import.look_at(channel_id, rows)
    if sheet.fault:
        return _refused(channel, form, sheet.fault)
    if not sheet.is_right:
        return _preview(channel, sheet, upload_id=0), 422
    with unit_of_work():
        upload_id = case_import.keep_upload(channel_id, rows, by=the_person().id)
    return _preview(channel, sheet, upload_id=upload_id)


@bp.post("/<int:channel_id>/<int:upload_id>")
@requires(Permission.CHANNEL_CASES_ENTER)
def take_sheet_over(channel_id: int, upload_id: int) -> ResponseReturnValue:
    """Take over what was looked at, and say after a while how far it is; the page goes on.

    What no longer fits is shown, with all that is left.
    """
    check_form(ActForm())
    channel = _channel(channel_id)
    person = the_person()
    taken, began = None, clock.now()
    while taken is None or (taken.left and clock.now() - began < ONE_ANSWER):
        try:
            with unit_of_work():
                taken = case_import.take_portion(
                    channel_id, upload_id, unit_id=person.unit_id, by=person.id
                )
        except SheetNoLongerFits as refusal:
            if taken is not None:
                flash(_said_of(taken), "success")
            sheet = case_import.look_again(channel_id, upload_id, by=person.id)
            return _preview(channel, sheet, upload_id=0, refusal=refusal), refusal.status
    if taken.left:
        return render_template(
            "channel_entries/taking.html", channel=channel, upload_id=upload_id, taken=taken
        )
    flash(_said_of(taken), "success")
    return redirect(url_for("channel_entries.case_pages.list_cases", channel=channel_id))


def _channel(channel_id: int) -> ChannelShown:
    channel = own_channel(channel_id, unit_id=the_person().unit_id)
    if not channel.comes_by(WayIn.SHEET):
        raise ChannelNotInUse if WayIn.SHEET in channel.words.ways_in else ChannelHasNotThisWay
    return channel


def _said_of(taken: case_import.Taken) -> str:
    return str(gettext("entries.sheet_taken", added=taken.added, changed=taken.changed))


def _page(channel: ChannelShown, form: CaseSheetForm) -> str:
    return render_template("channel_entries/sheet.html", channel=channel, form=form, most=MOST_ROWS)


def _refused(channel: ChannelShown, form: CaseSheetForm, fault: Fault) -> ResponseReturnValue:
    form.sheet.errors = [gettext(f"entries.fault_{fault}", most=MOST_ROWS)]
    return _page(channel, form), 422


def _preview(
    channel: ChannelShown, sheet: Sheet, *, upload_id: int, refusal: Conflict | None = None
) -> str:
    counts = sheet.counts()
    wrong = [row for row in sheet.rows if row.outcome is Outcome.WRONG]
    others = [row for row in sheet.rows if row.outcome is not Outcome.WRONG]
    shown = [row for row in others if row.outcome is not Outcome.SAME][:MOST_SHOWN]
    return render_template(
        "channel_entries/preview.html",
        channel=channel,
        sheet=sheet,
        rows=[*wrong, *shown],
        left_out=len(others) - len(shown),
        counts={str(outcome): count for outcome, count in counts.items()},
        upload_id=upload_id,
        refusal=refusal,
    )
