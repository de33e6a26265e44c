"""Pages of what finished tickets propose to the gazetteer: confirmed or rejected by the county."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import ActForm
from app.administration.place_forms import PlaceForm
from app.administration.place_pages import (
    form_of,
    keeper,
    place_form,
    place_page,
    run_by,
    tell_at_region,
    typed_words,
)
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.organisation import place_proposals
from app.organisation import service as organisation
from app.organisation.place_words import PlaceKind, PlaceWords

bp = Blueprint("proposals", __name__, url_prefix="/place-proposals")


@bp.get("")
@requires(Permission.GAZETTEER_KEEP)
def list_proposals() -> ResponseReturnValue:
    """Show what waits for this county's word, the most used first."""
    return render_template(
        "administration/place_proposals.html",
        page=place_proposals.open_proposals(
            keeper=keeper(), page=request.args.get("page", 1, type=int)
        ),
        path=lambda each: organisation.region_path(each.town_code or each.county_code),
        run_by=run_by,
    )


@bp.get("/<int:proposal_id>")
@requires(Permission.GAZETTEER_KEEP)
def show_proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal as the place that it may become."""
    proposal = place_proposals.get_proposal(proposal_id, keeper=keeper())
    words = PlaceWords(
        kind=PlaceKind.OTHER,
        name=proposal.address,
        other_names=(),
        county_code=proposal.county_code,
        town_code=proposal.town_code,
    )
    return place_page(form_of(words), proposal=proposal)


@bp.post("/<int:proposal_id>/confirm")
@requires(Permission.GAZETTEER_KEEP)
def confirm_proposal(proposal_id: int) -> ResponseReturnValue:
    """Take a proposal into the gazetteer."""
    proposal = place_proposals.get_proposal(proposal_id, keeper=keeper())
    form: PlaceForm = place_form()
    if not form.validate_on_submit():
        return place_page(form, proposal=proposal), 422
    try:
        with unit_of_work():
            place_proposals.confirm(
                proposal_id, typed_words(form), keeper=keeper(), by=the_person().id
            )
    except (Conflict, Invalid, NotAllowed) as refusal:
        tell_at_region(form, refusal)
        return place_page(form, proposal=proposal), refusal.status
    return _done("places.confirmed")


@bp.post("/<int:proposal_id>/reject")
@requires(Permission.GAZETTEER_KEEP)
def reject_proposal(proposal_id: int) -> ResponseReturnValue:
    """Say that an address is no place of the gazetteer."""
    check_form(ActForm())
    with unit_of_work():
        place_proposals.reject(proposal_id, keeper=keeper(), by=the_person().id)
    return _done("places.rejected")


def _done(told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.proposals.list_proposals"))
