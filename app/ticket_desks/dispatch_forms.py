"""Forms of the dispatcher's pages. Each carries the version of the ticket that its page showed."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.core.forms import TickField, at_most, choice, is_filled, is_needed, plain
from app.core.row_ids import row_id
from app.rules.limit_words import limit_words as limit_words
from app.ticket_desks.offered_limits import INNER
from app.tickets.matter_choices import category_path, offered_categories, offered_places
from app.tickets.person_details import PersonKind
from app.tickets.service import Ticket
from app.tickets.tags import offered_tags
from app.tickets.ticket_flags import TicketFlag
from app.tickets.type_names import working_types

LONGEST = 1000
LONGEST_ADDRESS = 200
ASSISTANTS = 3


def _words(label: str, *, needed: bool, rows: int = 2) -> TextAreaField:
    return TextAreaField(
        lazy_gettext(label),
        filters=[plain],
        validators=[is_filled() if needed else Optional(), at_most(LONGEST)],
        render_kw={"rows": rows},
    )


def _unit(label: str, *, needed: bool) -> StringField:
    return StringField(
        lazy_gettext(label),
        filters=[plain],
        validators=[is_filled() if needed else Optional(), at_most(128)],
        render_kw={"list": "units", "autocomplete": "off"},
    )


def limit_choices() -> list[Any]:
    """Return the inner limits that are offered."""
    return [choice(each, limit_words(each)) for each in INNER]


class ActForm(FlaskForm):
    """One act by one button."""

    seen = HiddenField()


class DispatchForm(FlaskForm):
    """Who leads, who assists by when, and a note. `proposal` is the unit of a one-key button."""

    seen = HiddenField()
    lead = _unit("ticket_desks.lead", needed=False)
    assistant_1 = _unit("ticket_desks.assistant", needed=False)
    assistant_2 = _unit("ticket_desks.assistant", needed=False)
    assistant_3 = _unit("ticket_desks.assistant", needed=False)
    limit_1 = SelectField(lazy_gettext("ticket_desks.inner_limit"), default="3wd")
    limit_2 = SelectField(lazy_gettext("ticket_desks.inner_limit"), default="3wd")
    limit_3 = SelectField(lazy_gettext("ticket_desks.inner_limit"), default="3wd")
    note = _words("ticket_desks.note", needed=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for nth in range(1, ASSISTANTS + 1):
            self[f"limit_{nth}"].choices = limit_choices()


class AskInfoForm(FlaskForm):
    """What is missing."""

    seen = HiddenField()
    question = _words("ticket_desks.question", needed=True)


class NoteForm(FlaskForm):
    """A word with an act that needs none."""

    seen = HiddenField()
    note = _words("ticket_desks.word", needed=False)


class ReasonForm(FlaskForm):
    """Why a ticket is struck out, or stands for itself again."""

    seen = HiddenField()
    reason = _words("ticket_desks.reason", needed=True)


class FollowRulesForm(FlaskForm):
    """Which clock follows the rules of today, and why; its page offers the clocks."""

    seen = HiddenField()
    clock = SelectField(
        lazy_gettext("ticket_desks.clock"), coerce=row_id, choices=[], validate_choice=False
    )
    reason = _words("ticket_desks.reason", needed=True)


class MergeForm(FlaskForm):
    """The number of the ticket that this one follows."""

    seen = HiddenField()
    master = StringField(
        lazy_gettext("ticket_desks.master"),
        filters=[plain],
        validators=[is_filled(), at_most(40)],
        render_kw={"list": "alike", "autocomplete": "off"},
    )


class RetypeForm(FlaskForm):
    """Which kind of demand it is, and why."""

    seen = HiddenField()
    request_type = SelectField(lazy_gettext("ticket_desks.new_type"))
    reason = _words("ticket_desks.reason", needed=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.request_type.choices = [choice(*each) for each in working_types().items()]


class PersonKindForm(FlaskForm):
    """Whether a person, an enterprise or another organisation asks, and why that is put right."""

    seen = HiddenField()
    person_kind = SelectField(lazy_gettext("tickets.person_kind"))
    reason = _words("ticket_desks.reason", needed=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.person_kind.choices = [
            choice("", gettext("tickets.not_said")),
            *(choice(str(each), gettext(f"tickets.person_{each}")) for each in PersonKind),
        ]


class MatterForm(FlaskForm):
    """What the matter is and where, and why that is put right; its page offers the categories.

    An address that its page does not show whole is left empty, and stays then.
    """

    seen = HiddenField()
    category_code = SelectField(lazy_gettext("tickets.category"), choices=[], validate_choice=False)
    place = SelectField(lazy_gettext("entries.place"), choices=[], validate_choice=False)
    address = StringField(
        lazy_gettext("tickets.address"),
        filters=[plain],
        validators=[Optional(), at_most(LONGEST_ADDRESS)],
        render_kw={"autocomplete": "off"},
    )
    reason = _words("ticket_desks.reason", needed=True)

    def offer(self, ticket: Ticket) -> None:
        """Offer what this ticket may turn out to be; what it is stays among it."""
        categories = offered_categories(opened_at=ticket.opened_at)
        if ticket.category_code not in categories:
            at = ticket.opened_at
            categories[ticket.category_code] = category_path(ticket.category_code, at=at)
        self.category_code.choices = [choice(*each) for each in categories.items()]
        self.place.choices = [choice(*each) for each in offered_places().items()]


class MarksForm(FlaskForm):
    """What stands beside its state: flags, and tags of the city's list."""

    seen = HiddenField()
    flags = TickField(lazy_gettext("tickets.flags"))
    tags = TickField(lazy_gettext("tickets.tags"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.flags.choices = [
            choice(each.value, gettext(f"tickets.flag_{each}")) for each in TicketFlag
        ]
        self.tags.choices = [choice(code, name) for code, name in offered_tags().items()]


class ReferForm(FlaskForm):
    """What the units say about whose duty it is."""

    seen = HiddenField()
    opinions = _words("ticket_desks.opinions", needed=True, rows=3)


class RefuseForm(FlaskForm):
    """Why a return is refused."""

    seen = HiddenField()
    reason = _words("ticket_desks.refuse_reason", needed=True)


class AgreeForm(FlaskForm):
    """A word with an agreement."""

    seen = HiddenField()
    note = _words("ticket_desks.word", needed=False)


class TimeForm(FlaskForm):
    """Words with the decision about time; a refusal needs them."""

    seen = HiddenField()
    words = _words("ticket_desks.words", needed=False)


class DesignateForm(FlaskForm):
    """Whom the hotline names, and by what provision."""

    seen = HiddenField()
    lead = _unit("ticket_desks.lead", needed=True)
    basis = StringField(
        lazy_gettext("ticket_desks.designate_basis"),
        filters=[plain],
        validators=[is_filled(), at_most(200)],
    )
    note = _words("ticket_desks.note", needed=False)


class BatchForm(FlaskForm):
    """Several tickets and one lead. Each ticket is `id:version`, as the page showed it."""

    chosen = TickField(validate_choice=False)
    lead = _unit("ticket_desks.lead", needed=True)
    note = _words("ticket_desks.note", needed=False)


class MergeAllForm(FlaskForm):
    """Several tickets and the one that they follow."""

    chosen = TickField(validate_choice=False)
    master = StringField(
        lazy_gettext("ticket_desks.master"), filters=[plain], validators=[is_filled(), at_most(40)]
    )


class SendDownForm(FlaskForm):
    """A unit below one's own, by when, and a note."""

    seen = HiddenField()
    unit = SelectField(lazy_gettext("ticket_desks.below"), coerce=int)
    limit = SelectField(lazy_gettext("ticket_desks.inner_limit"), default="3wd")
    note = _words("ticket_desks.note", needed=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.limit.choices = limit_choices()


class SendBackForm(FlaskForm):
    """What is wrong with a result."""

    seen = HiddenField()
    defect = SelectField(lazy_gettext("ticket_desks.defect"), validators=[is_filled()])
    note = _words("ticket_desks.defect_note", needed=False)


class CloseForm(FlaskForm):
    """Why a ticket is closed without asking the citizen."""

    seen = HiddenField()
    exclusion = SelectField(lazy_gettext("ticket_desks.exclusion"), validators=[is_filled()])


class LiaisonForm(FlaskForm):
    """A liaison person of a unit. An empty number stays as it was."""

    seen = HiddenField()
    unit = SelectField(lazy_gettext("liaisons.unit"), coerce=int)
    name = StringField(
        lazy_gettext("liaisons.name"), filters=[plain], validators=[is_filled(), at_most(40)]
    )
    number = StringField(
        lazy_gettext("liaisons.number"), filters=[plain], validators=[Optional(), at_most(32)]
    )
    role = SelectField(lazy_gettext("liaisons.role"))
    valid_from = DateField(lazy_gettext("liaisons.valid_from"), validators=[is_needed()])
    valid_until = DateField(lazy_gettext("liaisons.valid_until"), validators=[Optional()])
