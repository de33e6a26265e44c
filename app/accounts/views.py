"""Pages of signing in and of one's own account."""

import io
from typing import Any
from urllib.parse import urlsplit

import segno
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import people_register, second_step, service
from app.accounts.forms import (
    ChangePasswordForm,
    CodeForm,
    EndSecondStepForm,
    LanguageForm,
    SignInForm,
)
from app.accounts.refusals import WrongCode, WrongPassword
from app.accounts.safe_addresses import is_own_address
from app.accounts.sign_in_steps import SignInAnswer, SignInStep
from app.core import clock
from app.core.database import unit_of_work
from app.core.error_pages import sentence, wants_json
from app.core.errors import Invalid, NotFound
from app.core.extensions import limiter, network_at_request
from app.core.forms import check_form, filled
from app.core.languages import COOKIE, LOCALES
from app.core.permissions import (
    TABLE,
    Permission,
    even_with_due_password,
    may,
    public,
    signed_in,
)
from app.core.sign_in import end_session as end_own_session
from app.core.sign_in import open_session, renew_session, signed_in_person, the_person
from app.rules import brand_register

bp = Blueprint("accounts", __name__)

# The page each of these works on; the first that a person may open is the first page shown.
FIRST_PAGES = {
    Permission.DESK_USE: "workstation.show_desk",
    Permission.AUDIT_READ: "audit.list_lines",
    Permission.CHANNEL_CASES_ENTER: "channel_entries.case_pages.list_cases",
    Permission.CALLS_READ_ALL: "workstation.call_pages.list_calls",
    Permission.TICKETS_READ: "tickets.lists.list_tickets",
    Permission.KNOWLEDGE_READ: "knowledge.search_articles",
    Permission.ADMINISTRATION_OPEN: "administration.show_start",
}
HALF_SIGNED_IN_SECONDS = 300
A_YEAR = 365 * 24 * 3600
# Lockout counts per account; these stop somebody who tries many accounts, or hammers one.
# A whole shift signs in from one address within minutes.
PER_ADDRESS = "120 per minute"
PER_ACCOUNT = "10 per minute"


def _account_at_request() -> str:
    return f"work-number:{request.form.get('work_number', '').strip()[:16]}"


@bp.get("/")
@signed_in
def show_home() -> ResponseReturnValue:
    """Send everybody to the page they work on."""
    for permission, page in FIRST_PAGES.items():
        if may(permission):
            return redirect(url_for(page))
    return redirect(url_for("accounts.show_account"))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit(PER_ADDRESS, methods=["POST"], key_func=network_at_request)
@limiter.limit(PER_ACCOUNT, methods=["POST"], key_func=_account_at_request)
def sign_in() -> ResponseReturnValue:
    """Ask for work number and password."""
    if signed_in_person() is not None:
        return redirect(_going_to(request.args.get("next")))
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return _sign_in_page(form)
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    proof = service.prove_password(
        filled(form.work_number.data), password=filled(form.password.data)
    )
    with unit_of_work():
        answer = service.settle_password(proof, address=_address(), allows_demo=_is_demo())
    return _after_proof(answer, form, going_to=form.next.data)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@limiter.limit(PER_ADDRESS, methods=["POST"], key_func=network_at_request)
def enter_code() -> ResponseReturnValue:
    """Ask for the second step."""
    half = _half_signed_in()
    if half is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if request.method == "GET":
        return render_template("accounts/enter_code.html", form=form)
    if not form.validate_on_submit():
        return render_template("accounts/enter_code.html", form=form), 422
    with unit_of_work():
        answer = service.settle_code(
            half["user_id"], code=filled(form.code.data), address=_address()
        )
    if answer.step is SignInStep.IN:
        return _enter(answer, going_to=half["next"])
    _tell_refusal(form, answer, code="code-wrong")
    return render_template("accounts/enter_code.html", form=form), 422


@bp.post("/sign-out")
@signed_in
@even_with_due_password
def sign_out() -> ResponseReturnValue:
    """Leave, in every window."""
    with unit_of_work():
        service.sign_out(the_person().id)
    end_own_session()
    flash(gettext("sign_in.signed_out"), "success")
    return redirect(url_for("accounts.sign_in"))


@bp.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Change the language, for now and for later."""
    form = LanguageForm()
    check_form(form)
    locale = filled(form.locale.data)
    if locale not in LOCALES:
        raise Invalid(field="locale")
    if person := signed_in_person():
        with unit_of_work():
            service.choose_language(person.id, locale=locale)
    else:
        session["language"] = locale
    answer = Response(status=204) if wants_json() else redirect(_going_to(form.next.data))
    answer.set_cookie(
        COOKIE,
        locale,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


@bp.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    """Show a person what is kept about him, and what he may change."""
    user = service.get_person(the_person().id)
    return render_template("accounts/account.html", user=user)


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
@even_with_due_password
@limiter.limit(PER_ACCOUNT, methods=["POST"], key_func=lambda: f"person:{the_person().id}")
def change_password() -> ResponseReturnValue:
    """Let a person choose a new password."""
    form = ChangePasswordForm()
    is_due = the_person().must_change_password
    if request.method == "POST" and form.validate_on_submit():
        try:
            weighed = service.weigh_password(
                the_person().id,
                present=filled(form.present_password.data),
                new=filled(form.new_password.data),
            )
            with unit_of_work():
                person = service.change_password(the_person().id, weighed_hash=weighed)
        except Invalid as refusal:
            _tell_field(form, refusal)
        else:
            renew_session(person)
            flash(gettext("password.changed"), "success")
            return redirect(url_for("accounts.show_home" if is_due else "accounts.show_account"))
    page = render_template("accounts/change_password.html", form=form, is_due=is_due)
    return page, 422 if request.method == "POST" else 200


@bp.get("/account/second-step")
@signed_in
def show_second_step() -> ResponseReturnValue:
    """Show whether signing in asks for a second step, and how to change that."""
    user = service.get_person(the_person().id)
    form = EndSecondStepForm() if user.totp_on else CodeForm()
    return render_template("accounts/second_step.html", user=user, form=form)


@bp.post("/account/second-step/begin")
@signed_in
def begin_second_step() -> ResponseReturnValue:
    """Make a secret and show it."""
    with unit_of_work():
        service.begin_second_step(the_person().id)
    return redirect(url_for("accounts.show_second_step"))


@bp.post("/account/second-step/confirm")
@signed_in
@limiter.limit(PER_ACCOUNT, key_func=lambda: f"person:{the_person().id}")
def confirm_second_step() -> ResponseReturnValue:
    """Switch the second step on; show the recovery codes this one time."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                codes = service.confirm_second_step(the_person().id, code=filled(form.code.data))
        except WrongCode as refusal:
            _tell_field(form, refusal)
        else:
            return render_template("accounts/recovery_codes.html", codes=codes)
    return _second_step_page(form)


@bp.post("/account/second-step/end")
@signed_in
@limiter.limit(PER_ACCOUNT, key_func=lambda: f"person:{the_person().id}")
def end_second_step() -> ResponseReturnValue:
    """Switch the second step off."""
    form = EndSecondStepForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                service.end_second_step(the_person().id, password=filled(form.password.data))
        except WrongPassword as refusal:
            _tell_field(form, refusal)
        else:
            flash(gettext("second_step.ended"), "success")
            return redirect(url_for("accounts.show_account"))
    return _second_step_page(form)


@bp.get("/account/second-step/picture.svg")
@signed_in
def show_second_step_picture() -> ResponseReturnValue:
    """Draw the secret as a QR code, as long as it is not confirmed."""
    user = service.get_person(the_person().id)
    if user.totp_on or not user.totp_secret:
        raise NotFound
    address = second_step.enrolment_address(
        user.totp_secret, work_number=user.work_number, issuer=brand_register.shown_name()
    )
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=2, light="#ffffff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


# --- pieces ----------------------------------------------------------------------------------


def _second_step_page(form: CodeForm | EndSecondStepForm) -> ResponseReturnValue:
    """Show a refused form again, or the other one if the second step was switched meanwhile."""
    user = service.get_person(the_person().id)
    if user.totp_on is not isinstance(form, EndSecondStepForm):
        return redirect(url_for("accounts.show_second_step"))
    return render_template("accounts/second_step.html", user=user, form=form), 422


def _after_proof(
    answer: SignInAnswer, form: SignInForm, *, going_to: str | None
) -> ResponseReturnValue:
    if answer.step is SignInStep.IN:
        return _enter(answer, going_to=going_to)
    if answer.step is SignInStep.CODE_NEEDED:
        end_own_session()
        session["half_signed_in"] = {
            "user_id": answer.user_id,
            "at": int(clock.now().timestamp()),
            "next": going_to,
        }
        return redirect(url_for("accounts.enter_code"))
    _tell_refusal(form, answer, code="sign-in-refused")
    return _sign_in_page(form), 422


def _enter(answer: SignInAnswer, *, going_to: str | None) -> ResponseReturnValue:
    user_id = filled(answer.user_id)
    # Whoever chose a language on the way in wants to read it from now on.
    if (language := session.pop("language", None)) in LOCALES:
        with unit_of_work():
            service.choose_language(user_id, locale=language)
    person = service.picture_of(service.get_person(user_id))
    open_session(person)
    if person.must_change_password:
        return redirect(url_for("accounts.change_password"))
    return redirect(_going_to(going_to))


def _half_signed_in() -> dict[str, Any] | None:
    half = session.get("half_signed_in")
    if not half or clock.now().timestamp() - half["at"] > HALF_SIGNED_IN_SECONDS:
        return None
    return dict(half)


def _sign_in_page(form: SignInForm) -> str:
    # Those who take calls first: a newcomer wants to see a call.
    people = sorted(
        people_register.list_demo_people() if _is_demo() else [],
        key=lambda user: Permission.DESK_USE not in TABLE[user.role],
    )
    chosen = request.args.get("as", "")
    if any(user.work_number == chosen for user in people):
        form.work_number.data = chosen
    password = service.DEMO_PASSWORD if people else ""
    return render_template(
        "accounts/sign_in.html", form=form, people=people, chosen=chosen, demo_password=password
    )


def _tell_refusal(form: Any, answer: SignInAnswer, *, code: str) -> None:
    if answer.step is SignInStep.LOCKED:
        form.form_errors.append(sentence("account-locked", {"minutes": answer.minutes}))
    else:
        form.form_errors.append(sentence(code))


def _tell_field(form: Any, refusal: Invalid) -> None:
    told = sentence(refusal.code, refusal.parameters)
    if refusal.field in form:
        form[refusal.field].errors = [*form[refusal.field].errors, told]
    else:
        form.form_errors.append(told)


def _going_to(target: str | None) -> str:
    if not target or not is_own_address(target):
        return url_for("accounts.show_home")
    return _page_of(target)


def _page_of(address: str) -> str:
    """Return the page of an address that only takes forms: it stands above it.

    A form that was refused is shown again under the address it was sent to; who changes the
    language there, or signs in again, would come out where nothing can be read.
    """
    root, path = request.script_root, urlsplit(address).path.removeprefix(request.script_root)
    urls = current_app.create_url_adapter(request)
    taken = urls.allowed_methods(path) if urls else []
    if urls is None or not taken or "GET" in taken:
        return address
    while path := path.rpartition("/")[0]:
        if "GET" in urls.allowed_methods(path):
            return root + path
    return url_for("accounts.show_home")


def _address() -> str:
    return request.remote_addr or ""


def _is_demo() -> bool:
    return bool(current_app.config["SITE_MODE"] == "demo")
