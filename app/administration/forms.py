"""Forms of the lists that a hotline keeps. Each carries what it saw when it was opened."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.core.forms import (
    MomentField,
    TickField,
    WholeNumberField,
    at_most,
    between,
    choice,
    is_filled,
    is_needed,
    looks_like,
    plain,
)
from app.core.row_ids import row_id
from app.rules.calendar_history import RegionDayKind
from app.rules.exclusion_versions import Treatment
from app.rules.urgency_register import UrgencyKind

LONGEST_NAME = 64


class PersonForm(FlaskForm):
    """What the register says of a person. An empty telephone stays as it was."""

    seen = HiddenField()
    name = StringField(
        lazy_gettext("people.name"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    role = SelectField(lazy_gettext("people.role"), validate_choice=True)
    unit_id = SelectField(lazy_gettext("people.unit"), coerce=int)
    is_outsourced = BooleanField(lazy_gettext("people.is_outsourced"))
    contact_number = StringField(
        lazy_gettext("people.contact_number"),
        filters=[plain],
        validators=[
            Optional(),
            at_most(32),
            looks_like(r"\+?[0-9][0-9 -]{2,30}", "people.fault_contact_number"),
        ],
    )
    drops_contact = BooleanField(lazy_gettext("people.drops_contact"))
    languages = TickField(lazy_gettext("people.languages"))
    skills = TickField(lazy_gettext("people.skills"))


class NewPersonForm(PersonForm):
    """A person who is not yet in the register."""

    work_number = StringField(
        lazy_gettext("people.work_number"),
        filters=[plain],
        validators=[is_filled(), looks_like(r"[0-9]{3,12}", "people.fault_work_number")],
    )


class ActForm(FlaskForm):
    """One act by one button: only the token."""


class BulkSkillsForm(FlaskForm):
    """Skills given to the people ticked in a list, or taken from them."""

    ids = TickField(coerce=row_id, validate_choice=False)
    skill = SelectField(lazy_gettext("skills.skill"))
    act = SelectField(
        lazy_gettext("skills.act"),
        choices=[choice(each, lazy_gettext(f"skills.{each}")) for each in ("give", "take")],
    )


class MembersForm(FlaskForm):
    """The work numbers of people who get a skill, as they are pasted from a list."""

    work_numbers = TextAreaField(
        lazy_gettext("skills.work_numbers"),
        filters=[plain],
        validators=[is_filled(), at_most(5000)],
    )


class PeopleFileForm(FlaskForm):
    """A file of people."""

    sheet = FileField(
        lazy_gettext("people.file"),
        validators=[FileRequired(message=lazy_gettext("form.needed"))],
        render_kw={"accept": ".csv,text/csv"},
    )


class PeopleTextForm(FlaskForm):
    """A file that was looked at and is to be taken over."""

    text = TextAreaField(validators=[is_needed()])


class NamedForm(FlaskForm):
    """What has a name in both languages and a place in the order of the screens."""

    seen = HiddenField()
    name_zh = StringField(
        lazy_gettext("codes.name_zh"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    name_en = StringField(
        lazy_gettext("codes.name_en"),
        filters=[plain],
        validators=[is_filled(), at_most(LONGEST_NAME)],
    )
    position = WholeNumberField(
        lazy_gettext("codes.position"), validators=[is_needed(), between(0, 9999)]
    )


class CodeForm(NamedForm):
    """What may be changed of a code."""

    minutes = WholeNumberField(
        lazy_gettext("codes.minutes"), validators=[Optional(), between(1, 600)]
    )
    marks_abuse = BooleanField(lazy_gettext("codes.marks_abuse"))
    valid_from = MomentField(lazy_gettext("codes.valid_from"), validators=[is_needed()])
    valid_until = MomentField(lazy_gettext("codes.valid_until"), validators=[Optional()])


class NewCodeForm(CodeForm):
    """A code that the list has not yet."""

    code = StringField(
        lazy_gettext("codes.code"),
        filters=[plain],
        validators=[is_filled(), looks_like(r"[a-z][a-z0-9_]{1,31}", "refusal.code-unfit")],
    )


class CalendarYearForm(FlaskForm):
    """What a year's notice says of single days, a day or a span on a line."""

    seen = HiddenField()
    where = StringField(
        lazy_gettext("calendar.where"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    days = TextAreaField(
        lazy_gettext("calendar.days"),
        filters=[plain],
        validators=[is_filled(), at_most(20_000)],
        render_kw={"rows": 16},
    )


class OfficeHoursForm(FlaskForm):
    """When offices are open on a working day, from a day on."""

    since = DateField(lazy_gettext("calendar.since"), validators=[is_needed()])
    sessions = StringField(
        lazy_gettext("calendar.sessions"), filters=[plain], validators=[is_filled(), at_most(100)]
    )


class FollowCalendarForm(FlaskForm):
    """Let what runs be reckoned by the calendar as it is now."""

    reason = StringField(
        lazy_gettext("calendar.follow_reason"), filters=[plain],
        validators=[is_filled(), at_most(200)],
    )  # fmt: skip


class RegionDayForm(FlaskForm):
    """A day, or a span of days, that a region has for itself."""

    region = SelectField(lazy_gettext("calendar.region"))
    kind = SelectField(
        lazy_gettext("calendar.kind"),
        choices=[
            choice(str(kind), lazy_gettext(f"calendar.kind_{kind}"))
            for kind in RegionDayKind
            if kind is not RegionDayKind.AS_CITY
        ],
    )
    day = DateField(lazy_gettext("calendar.region_day"), validators=[is_needed()])
    until = DateField(lazy_gettext("calendar.region_until"), validators=[Optional()])
    why = StringField(
        lazy_gettext("calendar.why"), filters=[plain], validators=[is_filled(), at_most(32)]
    )
    basis = StringField(
        lazy_gettext("calendar.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )


class TakeDayBackForm(FlaskForm):
    """Which day of which region is taken back."""

    region = StringField(validators=[is_filled(), at_most(16)])
    day = DateField(validators=[is_needed()])


class DueForm(FlaskForm):
    """A question: until when is something due? It changes nothing, so it needs no token."""

    class Meta:
        csrf = False

    received = MomentField(lazy_gettext("calendar.received"), validators=[is_needed()])
    limit = StringField(
        lazy_gettext("calendar.limit"), filters=[plain], validators=[is_filled(), at_most(12)]
    )
    region = SelectField(lazy_gettext("calendar.by_calendar_of"), default="")
    is_urgent = BooleanField(lazy_gettext("calendar.urgent"))


class RuleValueForm(FlaskForm):
    """What a rule says from a moment on; an empty moment means now."""

    value = StringField(
        lazy_gettext("rules.value"), filters=[plain], validators=[is_filled(), at_most(32)]
    )
    basis = StringField(
        lazy_gettext("rules.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("rules.valid_from"), validators=[Optional()])


class BrandForm(FlaskForm):
    """The hotline's name and picture; no picture chosen: the one that holds stays."""

    name_zh = StringField(
        lazy_gettext("brand.name_zh"), filters=[plain], validators=[is_filled(), at_most(32)]
    )
    name_en = StringField(
        lazy_gettext("brand.name_en"), filters=[plain], validators=[is_filled(), at_most(64)]
    )
    logo = FileField(lazy_gettext("brand.logo"), render_kw={"accept": ".png,image/png"})
    drops_logo = BooleanField(lazy_gettext("brand.drops_logo"))
    basis = StringField(
        lazy_gettext("rules.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("rules.valid_from"), validators=[Optional()])


class RetentionForm(FlaskForm):
    """For how many days records of a class are kept; an empty moment means now."""

    keep_days = WholeNumberField(lazy_gettext("retention.keep_days"), validators=[is_needed()])
    basis = StringField(
        lazy_gettext("rules.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("rules.valid_from"), validators=[Optional()])


class ExclusionForm(NamedForm):
    """What is said of a kind of matter that is not taken up, and from when."""

    treatment = SelectField(
        lazy_gettext("exclusions.treatment"),
        choices=[
            choice(each.value, lazy_gettext(f"exclusions.treatment_{each.value}"))
            for each in Treatment
        ],
    )
    told_where = StringField(
        lazy_gettext("exclusions.told_where"),
        filters=[plain],
        validators=[is_filled(), at_most(200)],
    )
    told_words = TextAreaField(
        lazy_gettext("exclusions.told_words"),
        filters=[plain],
        validators=[is_filled(), at_most(1000)],
        render_kw={"rows": 3},
    )
    basis = StringField(
        lazy_gettext("exclusions.basis"), filters=[plain], validators=[is_filled(), at_most(200)]
    )
    valid_from = MomentField(lazy_gettext("exclusions.valid_from"), validators=[Optional()])


class NewExclusionForm(ExclusionForm):
    """A kind of matter that is not there yet."""

    code = StringField(
        lazy_gettext("codes.code"),
        filters=[plain],
        validators=[is_filled(), looks_like(r"[A-Z][0-9A-Z]{0,7}", "refusal.exclusion-code-unfit")],
    )


class UrgencyWordForm(FlaskForm):
    """A word that makes a demand urgent, why, and from when."""

    word = StringField(
        lazy_gettext("urgency.word"), filters=[plain], validators=[is_filled(), at_most(32)]
    )
    kind = SelectField(
        lazy_gettext("urgency.kind"),
        choices=[choice(each.value, lazy_gettext(f"urgency.kind_{each}")) for each in UrgencyKind],
    )
    valid_from = MomentField(lazy_gettext("exclusions.valid_from"), validators=[Optional()])


class EndForm(FlaskForm):
    """From when an entry with dated words holds no more."""

    ends_at = MomentField(lazy_gettext("exclusions.ends_at"), validators=[Optional()])
