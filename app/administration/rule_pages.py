"""Pages of the values that a city sets for its rules: read, planned, and their whole history."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import RuleValueForm
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.rules import rule_register
from app.rules.limit_words import limit_words
from app.rules.quiet_hours import NONE
from app.rules.rule_book import CHOICES, RuleGroup, RuleValue, group_of

bp = Blueprint("rules", __name__)


NUMBERS_OF = {
    "hot.callers": "rules.people",
    "hot.factor": "rules.fold",
    "hot.hours": "rules.unit_h",
    "hot.weeks": "rules.weeks",
    "most.crowd_callers": "rules.people",
    "most.crowd_hours": "rules.unit_h",
    "most.first_call_days": "rules.unit_d",
    "most.message_late_minutes": "rules.unit_min",
}
"""What a number is counted in, where it does not say how often."""


@bp.get("/rules")
@requires(Permission.RULES_MANAGE)
def list_rules() -> ResponseReturnValue:
    """Show what each rule says now, and what is planned."""
    book, now = rule_register.read_book(), clock.now()
    groups = {
        group.value: [
            (book.at(key, now), [v for v in book.history(key) if v.valid_from > now])
            for key in book.known()
            if group_of(key) is group
        ]
        for group in RuleGroup
    }
    return render_template(
        "administration/rules.html", groups=groups, said=_said, version=book.version_at(now)
    )


@bp.get("/rules/<key>")
@requires(Permission.RULES_MANAGE)
def show_rule(key: str) -> ResponseReturnValue:
    """Show one rule with its history, to be changed from a moment on."""
    now = rule_register.read_book().at(key, clock.now())
    form = RuleValueForm(formdata=None, value=now.value, basis=now.basis)
    return _page(key, form)


@bp.post("/rules/<key>")
@requires(Permission.RULES_MANAGE)
def set_rule(key: str) -> ResponseReturnValue:
    """Let a rule say something else from a moment on."""
    rule_register.read_book().history(key)
    form = RuleValueForm()
    if not form.validate_on_submit():
        return _page(key, form), 422
    try:
        with unit_of_work():
            rule_register.set_value(
                key, filled(form.value.data), basis=filled(form.basis.data),
                valid_from=moment_of(form.valid_from), set_by=the_person().id,
            )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(key, form), refusal.status
    flash(gettext("rules.saved"), "success")
    return redirect(url_for("administration.rules.list_rules"))


def _page(key: str, form: RuleValueForm) -> str:
    words = [choice(word, gettext(f"rules.word_{word}")) for word in sorted(CHOICES.get(key, ()))]
    book, now = rule_register.read_book(), clock.now()
    return render_template(
        "administration/rule.html",
        key=key,
        group=group_of(key).value,
        form=form,
        words=words,
        history=book.history(key),
        holding=book.at(key, now),
        now=now,
        said=_said,
    )


def _said(each: RuleValue) -> str:
    """Say a value in words: fifteen working days, the day after receipt."""
    if each.key in CHOICES:
        return str(gettext(f"rules.word_{each.value}"))
    match group_of(each.key):
        case RuleGroup.LIMIT | RuleGroup.WARN:
            return limit_words(each.value)
        case RuleGroup.MOST | RuleGroup.HOT:
            return str(gettext(NUMBERS_OF.get(each.key, "rules.times"), count=each.value))
        case RuleGroup.QUIET:
            return str(gettext("rules.quiet_none") if each.value == NONE else each.value)
        case RuleGroup.SHARE:
            return str(gettext("rules.share_of_limit", share=each.value))
        case _:
            return each.value
