"""Forms of the register of channels, and of what their units enter."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Optional

from app.channel_entries.channel_states import ChannelKind, ChannelMode, ChannelState, WayIn
from app.channel_entries.demand_form import (
    CONTACT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    DemandForm,
    area_field,
    text_field,
)
from app.channel_entries.detail_fields import DetailFields
from app.core.forms import (
    MomentField,
    TickField,
    at_most,
    choice,
    looks_like,
    plain,
)


class ChannelForm(FlaskForm):
    """What the register says of a channel. An empty telephone stays as it was."""

    seen = HiddenField()
    name = text_field("entries.channel_name", 64, needed=True)
    kind = SelectField(
        lazy_gettext("entries.kind"),
        choices=[choice(str(each), lazy_gettext(f"entries.kind_{each}")) for each in ChannelKind],
    )
    address = text_field("entries.channel_address", 200)
    owner_unit_id = SelectField(lazy_gettext("entries.owner"), coerce=int)
    ways_in = TickField(
        lazy_gettext("entries.ways_in"),
        choices=[choice(str(each), lazy_gettext(f"entries.way_{each}")) for each in WayIn],
    )
    contact_name = text_field("entries.contact_name", 64)
    contact_number = StringField(
        lazy_gettext("entries.contact_number"),
        filters=[plain],
        validators=[Optional(), at_most(32), looks_like(CONTACT, "people.fault_contact_number")],
    )
    drops_contact = BooleanField(lazy_gettext("people.drops_contact"))
    is_sample = BooleanField(lazy_gettext("entries.is_sample"))
    note = area_field("entries.note", 2000)


class NewChannelForm(ChannelForm):
    """A channel that is not yet in the register."""

    code = text_field("entries.code", 32, needed=True)
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
    basis = text_field("entries.basis", 200)


class StateForm(FlaskForm):
    """In which state a channel is from a moment on."""

    state = SelectField(
        lazy_gettext("entries.state"),
        choices=[choice(str(each), lazy_gettext(f"entries.state_{each}")) for each in ChannelState],
    )
    valid_from = MomentField(lazy_gettext("entries.valid_from"), validators=[Optional()])
    basis = text_field("entries.basis", 200)


ENTERED_WITH = ("request_type", "title", "content", "category_code", "place")
"""What no case is entered without, whatever its type is; the others are told by its type."""


class DraftForm(DetailFields, DemandForm):
    """A case as far as it was typed; everything may be missing, nothing may be too long."""

    version = HiddenField(default="0")
    source_no = text_field("entries.source_no", 64)
    received_at = MomentField(lazy_gettext("entries.received_at"), validators=[Optional()])
    handled_by = SelectField(
        lazy_gettext("entries.handled_by"),
        choices=[
            choice(each, lazy_gettext(f"entries.handled_by_{each}"))
            for each in ("hotline", "channel")
        ],
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ENTERED_WITH:  # marked for who types; a draft may lack them all the same
            self[name].flags.required = True


class CaseForm(DraftForm):
    """A case that is to be entered."""

    title = text_field("tickets.subject", LONGEST_TITLE, needed=True)
    content = area_field("tickets.content", LONGEST_TEXT, needed=True)


class NoteForm(FlaskForm):
    """One step of what the channel did."""

    text = area_field("entries.process", LONGEST_TEXT, needed=True)


class ResultForm(FlaskForm):
    """What came of a case, and what everybody may read of it."""

    result = area_field("entries.result", LONGEST_TEXT, needed=True)
    public_reply = area_field("entries.public_reply", LONGEST_TEXT, needed=True)
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
