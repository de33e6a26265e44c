"""Pages of formulas: what each says and said; one is tried on last month and set from a day on."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, filled, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.measures import formula_register, service
from app.measures.figure_names import formula_name, reason_name, share
from app.measures.forms import FormulaForm
from app.measures.formula_register import FormulaWords, reasons_of
from app.measures.formula_words import EVERYTHING, HOLDS, HOLDS_NOT, expression_of, said_of
from app.measures.formulas import MAY_SATISFY, Figure, Formula, conditions_of
from app.measures.periods import Period, PeriodKind, before, period_of

bp = Blueprint("formulas", __name__, url_prefix="/formulas")

PARTS = ("denominator", "numerator")


@bp.get("")
@requires(Permission.FIGURES_READ)
def list_formulas() -> ResponseReturnValue:
    """Show what every formula says today, and what is planned."""
    today = clock.now().astimezone(CITY_TIME).date()
    planned = [each for each in formula_register.all_formulas() if each.valid_from > today]
    return render_template(
        "figures/formulas.html",
        formulas=formula_register.holding(today),
        planned={each.code: each for each in planned},
        formula_name=formula_name,
        reason_name=reason_name,
        said_of=said_of,
    )


@bp.get("/<code>")
@requires(Permission.FIGURES_READ)
def show_formula(code: str) -> ResponseReturnValue:
    """Show one formula with its history; who keeps the rules can change it."""
    newest = formula_register.history(code)[0]
    form = FormulaForm(
        formdata=None,
        exclusions=sorted(newest.exclusions),
        is_tiered=newest.is_tiered,
        satisfied_from=newest.satisfied_from,
        valid_from=clock.now().astimezone(CITY_TIME).date() + timedelta(days=1),
    )
    said = {part: said_of(getattr(newest, part)) for part in PARTS}
    return _page(code, form, said)


@bp.post("/<code>")
@requires(Permission.RULES_MANAGE)
def set_formula(code: str) -> ResponseReturnValue:
    """Try a formula on last month, or let it hold from a day on."""
    history = formula_register.history(code)
    form = _with_choices(FormulaForm(satisfied_from=history[0].satisfied_from), history[0])
    said = {part: _typed(part, history[0]) for part in PARTS}
    if not form.validate_on_submit():
        return _page(code, form, said), 422
    vocabulary = conditions_of(history[0].subject)
    words = FormulaWords(
        denominator=expression_of(said["denominator"], vocabulary),
        numerator=expression_of(said["numerator"], vocabulary),
        exclusions=frozenset(form.exclusions.data or ()),
        is_tiered=bool(form.is_tiered.data),
        satisfied_from=filled(form.satisfied_from.data),
    )
    day, basis = filled(form.valid_from.data), filled(form.basis.data)
    if request.form.get("act") != "set":
        tried = formula_register.would_be(code, words, valid_from=day, basis=basis)
        return _page(code, form, said, tried=tried)
    try:
        with unit_of_work():
            formula_register.set_formula(
                code, words, valid_from=day, basis=basis, by=the_person().id
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(code, form, said), refusal.status
    flash(gettext("figures.formula_set", formula=formula_name(history[0])), "success")
    return redirect(url_for("measures.formulas.show_formula", code=code))


def _page(
    code: str,
    form: FormulaForm,
    said: Mapping[str, Mapping[str, str]],
    *,
    tried: Formula | None = None,
) -> str:
    history = formula_register.history(code)
    today = clock.now().astimezone(CITY_TIME).date()
    vocabulary = [each for each in conditions_of(history[0].subject) if each != EVERYTHING]
    asked = {name for part in PARTS for name in said[part]}
    last_month = before(period_of(today, PeriodKind.MONTH))
    return render_template(
        "figures/formula.html",
        formula=history[0],
        history=[(each, each.valid_from > today) for each in history],
        form=_with_choices(form, history[0]),
        said=said,
        parts=PARTS,
        vocabulary=sorted(vocabulary, key=lambda name: name not in asked),
        compared=_compared(history, tried, last_month) if tried else [],
        last_month=last_month,
        formula_name=formula_name,
        reason_name=reason_name,
        said_of=said_of,
        share=share,
    )


def _compared(
    history: Sequence[Formula], tried: Formula, period: Period
) -> list[tuple[str, Figure]]:
    now = next((each for each in history if each.valid_from <= period.last), history[-1])
    figures = service.beside([now, tried], period)
    return list(zip(("now", "tried"), figures, strict=True))


def _typed(part: str, formula: Formula) -> dict[str, str]:
    """Return what was chosen for each condition of a part of the fraction."""
    chosen = {
        name: request.form.get(f"{part}_{name}", "") for name in conditions_of(formula.subject)
    }
    return {name: word for name, word in chosen.items() if word in (HOLDS, HOLDS_NOT)}


def _with_choices(form: FormulaForm, formula: Formula) -> FormulaForm:
    form.exclusions.choices = [
        choice(each, reason_name(each)) for each in reasons_of(formula.subject)
    ]
    form.satisfied_from.choices = [
        choice(mark, gettext("figures.satisfied_at", mark=gettext(f"visits.mark_{mark}")))
        for mark in MAY_SATISFY
    ]
    return form
