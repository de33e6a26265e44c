"""Pages of who is told what, and in which words: read, tried out, changed from a moment on."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import filled, moment_of, tell
from app.core.handed_down import given
from app.core.languages import LOCALES, current_language
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.notifications import message_texts, reach, visit_invitation
from app.notifications.forms import MessageTextForm
from app.notifications.message_texts import TextVersion
from app.notifications.occasions import ASKS, CONFIDENTIAL, EVERYWHERE, FIELDS, TABLE
from app.notifications.refusals import NoSuchText
from app.notifications.template_text import sms_parts
from app.tickets.ticket_numbers import ticket_number

SAMPLE_NUMBER = ticket_number(date(2026, 11, 23), 418)
SAMPLE_CODE = "048215"
SAMPLE_NUMBERS = {"callers": "7", "hours": "24", "tickets": "9", "usual": "1.5"}
TEXTED = frozenset(each.template for each in TABLE if each.way in reach.TEXTED)
GIVEN = frozenset({"number", "code", *ASKS, *SAMPLE_NUMBERS})

bp = Blueprint("texts", __name__, url_prefix="/messages/texts")


@bp.get("")
@requires(Permission.NOTIFICATIONS_READ)
def list_texts() -> ResponseReturnValue:
    """Show who is told what on which occasion, with the words that hold now."""
    now = clock.now()
    rows = [
        (telling, message_texts.holding(telling.template, current_language(), now))
        for telling in TABLE
    ]
    return render_template(
        "notifications/texts.html",
        rows=rows,
        languages=tuple(LOCALES),
        ending=CONFIDENTIAL,
        with_variant={name.removesuffix(CONFIDENTIAL) for name in FIELDS if CONFIDENTIAL in name},
    )


@bp.get("/<template>/<language>")
@requires(Permission.NOTIFICATIONS_MANAGE)
def show_text(template: str, language: str) -> ResponseReturnValue:
    """Show one text with its history, to be changed from a moment on."""
    now = message_texts.holding(*_known(template, language), clock.now())
    form = MessageTextForm(formdata=None, subject=now.subject, body=now.body)
    return _page(template, language, form)


@bp.post("/<template>/<language>")
@requires(Permission.NOTIFICATIONS_MANAGE)
def set_text(template: str, language: str) -> ResponseReturnValue:
    """Try a text out, or let it hold from a moment on."""
    _known(template, language)
    form = MessageTextForm()
    if not form.validate_on_submit():
        return _page(template, language, form), 422
    try:
        if request.form.get("act") == "preview":
            form.subject.data, form.body.data = message_texts.as_kept(
                template, subject=filled(form.subject.data), body=filled(form.body.data)
            )
            return _page(template, language, form)
        with unit_of_work():
            message_texts.set_text(
                template,
                language,
                subject=filled(form.subject.data),
                body=filled(form.body.data),
                valid_from=moment_of(form.valid_from),
                set_by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(template, language, form), refusal.status
    flash(gettext("notifications.text_saved"), "success")
    if message_texts.asks_nobody(template, filled(form.body.data)):
        flash(gettext("notifications.no_question"), "warning")
    return redirect(url_for("notifications.texts.list_texts"))


def _known(template: str, language: str) -> tuple[str, str]:
    message_texts.history(template, language)
    if language not in LOCALES:
        raise NoSuchText
    return template, language


def _page(template: str, language: str, form: MessageTextForm) -> str:
    typed = TextVersion(
        subject=form.subject.data or "",
        body=form.body.data or "",
        valid_from=clock.now(),
    )
    subject, body = message_texts.written(typed, _samples(template, language))
    return render_template(
        "notifications/text.html",
        template=template,
        language=language,
        form=form,
        fields=sorted(FIELDS[template] | EVERYWHERE),
        history=message_texts.history(template, language),
        now=clock.now(),
        lacks_links="visit" in FIELDS[template] and not given(visit_invitation.CitizenSite).address,
        asks_nobody=message_texts.asks_nobody(template, typed.body),
        is_texted=template.removesuffix(CONFIDENTIAL) in TEXTED,
        preview={"subject": subject, "body": body, "parts": sms_parts(body)},
    )


def _samples(template: str, language: str) -> Mapping[str, str]:
    """Return what a preview puts into the fields, in the language of the text."""
    with force_locale(LOCALES[language]):
        words = {name: gettext(f"notifications.sample_{name}") for name in FIELDS[template] - GIVEN}
        link = visit_invitation.in_words(
            visit_invitation.SAMPLE_LINK, until=gettext("notifications.sample_due")
        )
        asked = {"visit": link, "keys": visit_invitation.keys_in_words()}
    return {**words, "number": SAMPLE_NUMBER, "code": SAMPLE_CODE, **asked, **SAMPLE_NUMBERS}
