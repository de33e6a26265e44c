"""Forms of the register of numbers. Moments are typed in the site's own time, to the minute."""

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Optional, ValidationError

from app.channels.number_changes import NumberWords
from app.channels.number_states import Language, MergeMode, NumberState
from app.channels.route_words import LONGEST_RING, SHORTEST_RING, RouteNotUnderstood
from app.channels.sound_checks import LARGEST, LONGEST_SECONDS, SoundUnfit, check_sound
from app.core.forms import (
    MomentField,
    WholeNumberField,
    at_most,
    between,
    filled,
    is_filled,
    is_needed,
    looks_like,
    plain,
)

ROUTE_KINDS = ("ours", "old_seats", "moved", "split", "hours")


def choices_of(words: Iterable[str], *, key: str) -> list[Any]:
    """Return each word with its text `numbers.<key>_<word>`."""
    return [SelectChoice(str(word), lazy_gettext(f"numbers.{key}_{word}")) for word in words]


def _stripped(text: str | None) -> str | None:
    return plain(text) if text else text


class NumberWordsForm(FlaskForm):
    """What the register says about a number."""

    seen = HiddenField()
    name = StringField(
        lazy_gettext("numbers.name"), filters=[_stripped], validators=[is_filled(), at_most(64)]
    )
    owner_unit_id = SelectField(lazy_gettext("numbers.owner"), coerce=int)
    greeting = TextAreaField(
        lazy_gettext("numbers.greeting"),
        filters=[_stripped],
        validators=[is_filled(), at_most(500)],
    )
    greeting_sound = StringField(
        lazy_gettext("numbers.greeting_sound"),
        filters=[_stripped],
        validators=[Optional(), looks_like(r"[a-z0-9][a-z0-9_-]{0,63}", "numbers.bad_sound")],
    )
    priority = WholeNumberField(
        lazy_gettext("numbers.priority"), default=0, validators=[between(-10, 10)]
    )
    skill = SelectField(
        lazy_gettext("numbers.skill"),
        choices=[],
        validate_choice=False,  # a script may name a skill before it is in the list
        filters=[_stripped],
        validators=[Optional(), looks_like(r"[a-z][a-z0-9_-]{0,31}", "numbers.bad_skill")],
    )
    language = SelectField(
        lazy_gettext("numbers.language"),
        choices=[SelectChoice("", "–"), *choices_of(Language, key="language")],
    )
    overflow_seconds = WholeNumberField(
        lazy_gettext("numbers.overflow_seconds"), validators=[Optional(), between(0, 3600)]
    )
    plays_recording_notice = BooleanField(lazy_gettext("numbers.plays_recording_notice"))
    is_sample = BooleanField(lazy_gettext("numbers.is_sample"))
    note = TextAreaField(
        lazy_gettext("numbers.note"), filters=[_stripped], validators=[at_most(500)]
    )


class NewNumberForm(NumberWordsForm):
    """A number that is not yet in the register."""

    number = StringField(
        lazy_gettext("numbers.number"), filters=[_stripped], validators=[is_filled(), at_most(32)]
    )
    mode = SelectField(lazy_gettext("numbers.mode"), choices=choices_of(MergeMode, key="mode"))
    valid_from = MomentField(lazy_gettext("numbers.live_from"), validators=[Optional()])


class ModeForm(FlaskForm):
    """From when on a number is run how."""

    mode = SelectField(lazy_gettext("numbers.mode"), choices=choices_of(MergeMode, key="mode"))
    valid_from = MomentField(lazy_gettext("numbers.valid_from"), validators=[is_needed()])


class StateForm(FlaskForm):
    """From when on a number is in which state."""

    state = SelectField(lazy_gettext("numbers.state"), choices=choices_of(NumberState, key="state"))
    valid_from = MomentField(lazy_gettext("numbers.valid_from"), validators=[is_needed()])
    because = StringField(
        lazy_gettext("numbers.because"), filters=[_stripped], validators=[at_most(200)]
    )


class LandingForm(FlaskForm):
    """How a carrier delivers the number."""

    carrier = StringField(
        lazy_gettext("numbers.carrier"), filters=[_stripped], validators=[is_filled(), at_most(64)]
    )
    delivered_did = StringField(
        lazy_gettext("numbers.delivered_did"),
        filters=[_stripped],
        validators=[is_filled(), at_most(32)],
    )
    exchange_id = StringField(
        lazy_gettext("numbers.exchange_alone"),
        filters=[_stripped],
        validators=[Optional(), looks_like(r"[a-z][a-z0-9_-]{0,15}", "numbers.bad_exchange")],
    )
    trunk = StringField(
        lazy_gettext("numbers.trunk"), filters=[_stripped], validators=[at_most(64)]
    )
    live_from = MomentField(lazy_gettext("numbers.live_from"), validators=[is_needed()])
    live_until = MomentField(lazy_gettext("numbers.live_until"), validators=[Optional()])


class EndLandingForm(FlaskForm):
    """From when on a landing delivers nothing."""

    at = MomentField(lazy_gettext("numbers.live_until"), validators=[is_needed()])


class RouteForm(FlaskForm):
    """Where landings go from a minute on.

    The page asks for the everyday routes field by field; a script may give any route as JSON.
    """

    landings = SelectMultipleField(
        lazy_gettext("numbers.landings"), coerce=int, validators=[is_needed()]
    )
    kind = SelectField(
        lazy_gettext("numbers.route"), choices=choices_of(ROUTE_KINDS, key="route"), default="ours"
    )
    forward_to = StringField(
        lazy_gettext("numbers.forward_to"), filters=[_stripped], validators=[at_most(40)]
    )
    ring_seconds = WholeNumberField(
        lazy_gettext("numbers.ring_seconds"),
        default=25,
        validators=[Optional(), between(SHORTEST_RING, LONGEST_RING)],
    )
    announcement = StringField(
        lazy_gettext("numbers.announcement"), default="number-moved", validators=[at_most(64)]
    )
    percent = WholeNumberField(
        lazy_gettext("numbers.percent"), default=50, validators=[Optional(), between(0, 100)]
    )
    begins = StringField(lazy_gettext("numbers.begins"), default="08:30", validators=[at_most(5)])
    ends = StringField(lazy_gettext("numbers.ends"), default="17:30", validators=[at_most(5)])
    route = TextAreaField(validators=[at_most(10_000)])
    effective_at = MomentField(lazy_gettext("numbers.effective_at"), validators=[Optional()])
    because = StringField(
        lazy_gettext("numbers.because"), filters=[_stripped], validators=[at_most(200)]
    )

    def words(self) -> object:
        """Return the route as plain data. Raises RouteNotUnderstood for JSON that is none."""
        if self.route.data:
            try:
                return json.loads(self.route.data)
            except (ValueError, RecursionError):
                raise RouteNotUnderstood(field="route", part="route") from None
        ours = {"kind": "ours"}
        old_seats = {
            "kind": "old_seats",
            "forward_to": self.forward_to.data or "",
            "ring_seconds": self.ring_seconds.data,
        }
        share = self.percent.data or 0
        window = {"begins": self.begins.data, "ends": self.ends.data}
        return {
            "old_seats": old_seats,
            "moved": {"kind": "moved", "announcement": self.announcement.data},
            "split": {
                "kind": "split",
                "shares": [
                    {"percent": share, "goes_to": old_seats},
                    {"percent": 100 - share, "goes_to": ours},
                ],
            },
            "hours": {
                "kind": "hours",
                "windows": [{"weekday": day, **window} for day in range(1, 6)],
                "inside": old_seats,
                "outside": ours,
            },
        }.get(self.kind.data, ours)


class GreetingSoundForm(FlaskForm):
    """A sound that callers hear first; `content` is the file once the form has validated."""

    sound = FileField(
        lazy_gettext("numbers.greeting_file"),
        validators=[FileRequired(message=lazy_gettext("form.needed"))],
        render_kw={"accept": ".wav,audio/wav,audio/x-wav"},
    )
    content = b""

    def validate_sound(self, field: FileField) -> None:
        """Say at the field what is wrong with the file."""
        self.content = field.data.read(LARGEST + 1)
        try:
            check_sound(self.content)
        except SoundUnfit as why:
            told = lazy_gettext(f"sound.{why.fault}", found=why.found, longest=LONGEST_SECONDS)
            raise ValidationError(str(told)) from why


def words_of_form(form: NumberWordsForm) -> NumberWords:
    """Return what was filled in, in the words of the register."""
    return NumberWords(
        name=filled(form.name.data),
        owner_unit_id=filled(form.owner_unit_id.data),
        greeting=filled(form.greeting.data),
        greeting_sound=form.greeting_sound.data or "",
        priority=form.priority.data or 0,
        skill=form.skill.data or None,
        language=Language(form.language.data) if form.language.data else None,
        overflow_seconds=form.overflow_seconds.data,
        plays_recording_notice=bool(form.plays_recording_notice.data),
        is_sample=bool(form.is_sample.data),
        note=form.note.data or "",
    )
