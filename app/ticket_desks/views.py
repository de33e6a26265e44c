"""The desks of tickets: their pages stand in files of their own and are joined here."""

from flask import Blueprint

from app.ticket_desks import (
    attachment_pages,
    audit_pages,
    batch_pages,
    county_pages,
    decision_pages,
    dispatch_pages,
    follow_pages,
    liaison_pages,
    own_call_pages,
    standing_pages,
    unit_pages,
    visit_link_pages,
    visit_pages,
)

bp = Blueprint("ticket_desks", __name__)
bp.register_blueprint(dispatch_pages.bp)
bp.register_blueprint(batch_pages.bp)
bp.register_blueprint(decision_pages.bp)
bp.register_blueprint(standing_pages.bp)
bp.register_blueprint(audit_pages.bp)
bp.register_blueprint(county_pages.bp)
bp.register_blueprint(liaison_pages.bp)
bp.register_blueprint(unit_pages.bp)
bp.register_blueprint(own_call_pages.bp)
bp.register_blueprint(attachment_pages.bp)
bp.register_blueprint(visit_pages.bp)
bp.register_blueprint(visit_link_pages.bp)
bp.register_blueprint(follow_pages.bp)
