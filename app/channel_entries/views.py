"""The pages of the channels and of what their units enter."""

from flask import Blueprint

from app.channel_entries import case_pages, channel_pages, sheet_pages, webhooks

bp = Blueprint("channel_entries", __name__)
bp.register_blueprint(channel_pages.bp)
bp.register_blueprint(case_pages.bp)
bp.register_blueprint(sheet_pages.bp)
bp.register_blueprint(webhooks.bp)
