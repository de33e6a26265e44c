"""Forms of the register of channels, and of what their units enter."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.channel_entries.channel_states import ChannelKind, ChannelMode, ChannelState, WayIn
from app.core.forms import (
    MomentField,
    TickField,
    at_most,
    choice,
    is_filled,
    looks_like,
    plain,
)
from app.tickets.ticket_states import RequestType, Urgency

LONGEST_TITLE = 50
LONGEST_TEXT = 5000
CONTACT = r"\+?[0-9][0-9 -]{2,30}"


def _text(key: str, length: int, *, needed: bool = False) -> StringField:
    checks = [is_filled()] if needed else [Optional()]
    return StringField(lazy_gettext(key), filters=[plain], validators=[*checks, at_most(length)])


def _area(key: str, length: int, *, needed: bool = False) -> TextAreaField:
    checks = [is_filled()] if needed else [Optional()]
    return TextAreaField(lazy_gettext(key), filters=[plain], validators=[*checks, at_most(length)])


class ChannelForm(FlaskForm):
    """What the register says of a channel. An empty telephone stays as it was."""

    seen = HiddenField()
    name = _text("entries.channel_name", 64, needed=True)
    kind = SelectField(
        lazy_gettext("entries.kind"),
        choices=[choice(str(each), lazy_gettext(f"entries.kind_{each}")) for each in ChannelKind],
    )
    address = _text("entries.channel_address", 200)
    owner_unit_id = SelectField(lazy_gettext("entries.owner"), coerce=int)
    ways_in = TickField(
        lazy_gettext("entries.ways_in"),
        choices=[choice(str(each), lazy_gettext(f"entries.way_{each}")) for each in WayIn],
    )
    contact_name = _text("entries.contact_name", 64)
    contact_number = StringField(
        lazy_gettext("entries.contact_number"),
        filters=[plain],
        validators=[Optional(), at_most(32), looks_like(CONTACT, "people.fault_contact_number")],
    )
    drops_contact = BooleanField(lazy_gettext("people.drops_contact"))
    is_sample = BooleanField(lazy_gettext("entries.is_sample"))
    note = _area("entries.note", 2000)


class NewChannelForm(ChannelForm):
    """A channel that is not yet in the register."""

    code = _text("entries.code", 32, needed=True)
    mode = SelectField(
        lazy_gettext("entries.mode"),
        choices=[choice(str(each), lazy_gettext(f"entries.mode_{each}")) for each in ChannelMode],
        default=str(ChannelMode.UNDECIDED),
    )


class ModeForm(FlaskForm):
    """How a channel is folded in from a moment on."""

    mode = SelectField(
        lazy_gettext("entries.mode"),
        choices=[choice(str(each), lazy_gettext(f"entries.mode_{each}")) for each in ChannelMode],
    )
    valid_from = MomentField(lazy_gettext("entries.valid_from"), validators=[Optional()])
    basis = _text("entries.basis", 200)


class StateForm(FlaskForm):
    """In which state a channel is from a moment on."""

    state = SelectField(
        lazy_gettext("entries.state"),
        choices=[choice(str(each), lazy_gettext(f"entries.state_{each}")) for each in ChannelState],
    )
    valid_from = MomentField(lazy_gettext("entries.valid_from"), validators=[Optional()])
    basis = _text("entries.basis", 200)


class DraftForm(FlaskForm):
    """A case as far as it was typed; everything may be missing, nothing may be too long."""

    version = HiddenField(default="0")
    source_no = _text("entries.source_no", 64)
    received_at = MomentField(lazy_gettext("entries.received_at"), validators=[Optional()])
    request_type = SelectField(
        lazy_gettext("tickets.request_type"),
        choices=[choice(str(each), lazy_gettext(f"tickets.type_{each}")) for each in RequestType],
    )
    title = _text("tickets.subject", LONGEST_TITLE)
    content = _area("tickets.content", LONGEST_TEXT)
    demand = _area("tickets.demand", 500)
    category_code = SelectField(lazy_gettext("tickets.category"), validate_choice=True)
    place = SelectField(lazy_gettext("entries.place"), validate_choice=True)
    address = _text("entries.address", 200)
    occurred = _text("tickets.occurred", 100)
    respondent = _text("tickets.respondent", 100)
    caller_name = _text("entries.caller_name", 40)
    contact_number = StringField(
        lazy_gettext("entries.contact_number"),
        filters=[plain],
        validators=[Optional(), at_most(32), looks_like(CONTACT, "people.fault_contact_number")],
    )
    urgency = SelectField(
        lazy_gettext("entries.urgency"),
        choices=[choice(str(each), lazy_gettext(f"entries.urgency_{each}")) for each in Urgency],
    )
    urgency_reason = _text("tickets.urgency_reason", 200)
    is_confidential = BooleanField(lazy_gettext("tickets.confidential"))
    handled_by = SelectField(
        lazy_gettext("entries.handled_by"),
        choices=[
            choice(each, lazy_gettext(f"entries.handled_by_{each}"))
            for each in ("hotline", "channel")
        ],
    )


class CaseForm(DraftForm):
    """A case that is to be entered."""

    title = _text("tickets.subject", LONGEST_TITLE, needed=True)
    content = _area("tickets.content", LONGEST_TEXT, needed=True)


class NoteForm(FlaskForm):
    """One step of what the channel did."""

    text = _area("entries.process", LONGEST_TEXT, needed=True)


class ResultForm(FlaskForm):
    """What came of a case, and what everybody may read of it."""

    result = _area("entries.result", LONGEST_TEXT, needed=True)
    public_reply = _area("entries.public_reply", LONGEST_TEXT, needed=True)
    settled_on = MomentField(lazy_gettext("entries.settled_on"), validators=[Optional()])


class ActForm(FlaskForm):
    """One act by one button: only the token."""


class CaseSheetForm(FlaskForm):
    """A sheet of cases."""

    sheet = FileField(
        lazy_gettext("entries.sheet"),
        validators=[FileRequired(message=lazy_gettext("form.needed"))],
        render_kw={
            "accept": ".xlsx,.csv,text/csv,"
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        },
    )
