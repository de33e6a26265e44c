"""Skills and languages: who has which, given and taken one by one or many at once."""

import re

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import people_register
from app.administration.forms import ActForm, MembersForm
from app.channels.number_states import Language
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import NotFound
from app.core.forms import check_form, filled
from app.core.languages import current_language
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.rules import code_register
from app.rules.code_lists import Code, CodeList

bp = Blueprint("skills", __name__, url_prefix="/skills")

BETWEEN = re.compile(r"[\s,;\u3001\uff0c\uff1b]+")


@bp.get("")
@requires(Permission.PEOPLE_MANAGE)
def list_skills() -> ResponseReturnValue:
    """Show every skill and language with the people who have it."""
    now = clock.now()
    return render_template(
        "administration/skills.html",
        words=known_words(),
        skills=[
            (each.code, each.holds_at(now), people_register.knowing(each.code))
            for each in code_register.all_codes(CodeList.SKILL)
        ],
        languages=[(str(each), True, people_register.knowing(str(each))) for each in Language],
    )


@bp.get("/<code>")
@requires(Permission.PEOPLE_MANAGE)
def show_skill(code: str) -> ResponseReturnValue:
    """Show who has a skill or language."""
    return _page(_known(code), MembersForm(formdata=None))


@bp.post("/<code>")
@requires(Permission.PEOPLE_MANAGE)
def give_skill(code: str) -> ResponseReturnValue:
    """Give it to people by their work numbers: all of them, or nobody."""
    word, form = _known(code), MembersForm()
    if not form.validate_on_submit():
        return _page(word, form), 422
    numbers = [each for each in BETWEEN.split(filled(form.work_numbers.data)) if each]
    found = people_register.find_people(numbers)
    unknown = [each for each in numbers if each not in found or not found[each].is_active]
    if unknown:
        told = gettext("skills.unknown_people", numbers=" ".join(unknown[:10]))
        form.work_numbers.errors = [told]
        return _page(word, form), 422
    with unit_of_work():
        changed = people_register.give_skills(
            [user.id for user in found.values()], give=[word], take=[], by=the_person().id,
            are_languages=_is_language(word),
        )  # fmt: skip
    flash(gettext("skills.changed", count=changed), "success")
    return redirect(url_for("administration.skills.show_skill", code=word))


@bp.post("/<code>/people/<int:user_id>/take")
@requires(Permission.PEOPLE_MANAGE)
def take_skill(code: str, user_id: int) -> ResponseReturnValue:
    """Take it from one person."""
    word = _known(code)
    check_form(ActForm())
    with unit_of_work():
        people_register.give_skills(
            [user_id], give=[], take=[word], by=the_person().id, are_languages=_is_language(word)
        )
    flash(gettext("skills.changed", count=1), "success")
    return redirect(url_for("administration.skills.show_skill", code=word))


def known_words() -> dict[str, str]:
    """Return what the reader calls each language and each skill, ended ones too."""
    is_english = current_language() == "en"

    def name(each: Code) -> str:
        return each.words.name_en if is_english else each.words.name_zh

    return {
        **{str(each): gettext(f"numbers.language_{each}") for each in Language},
        **{each.code: name(each) for each in code_register.all_codes(CodeList.SKILL)},
    }


def _known(code: str) -> str:
    """Return a skill or language, also one that only people have; raises NotFound for others."""
    if code not in known_words() and not people_register.knowing(code[:32]):
        raise NotFound
    return code


def _is_language(word: str) -> bool:
    return word in set(Language)


def _page(word: str, form: MembersForm) -> str:
    return render_template(
        "administration/skill.html",
        code=word,
        name=known_words().get(word, word),
        is_language=_is_language(word),
        people=people_register.knowing(word),
        form=form,
    )
