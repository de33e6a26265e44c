"""Commands for the keeper of the server: `flask people …` and `flask seed …`."""

import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from app.accounts import service as accounts
from app.accounts.password_hashing import first_password
from app.calls.recheck import recheck
from app.channel_entries import channel_register
from app.channels import door
from app.channels.register_wire import preview_wire
from app.channels.registers import load_registers
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Refusal
from app.core.formatting import moment_to_second
from app.core.handed_down import given
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.core.permissions import Role
from app.measures import reports
from app.organisation import service as organisation
from app.recordings import jobs as recording_jobs
from app.recordings import upload_trial
from app.recordings.audio_store import AudioPlace, AudioStoreDown
from app.rules import working_calendar
from app.rules.due_dates import due_wire, reckon_due
from app.rules.time_limits import read_limit
from app.switchboard import outages
from app.switchboard.outage_reckoning import Fate, Outage
from app.tickets import list_rows
from telephony import doctor
from telephony.port import Exchange

LEAST_FREE_BYTES = 5 * 2**30
"""Less room than this for recordings is a fault: about a hundred hours of talk."""

OUTAGES_LOOKED_BACK = timedelta(days=7)

RECEIVED = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]
"""Without a zone it is the city's time."""

figures = AppGroup("figures", help="Reckon figures anew.")
tickets = AppGroup("tickets", help="Look after what lists look through.")
people = AppGroup("people", help="Add people, open locks, give new passwords.")
numbers = AppGroup("numbers", help="Look ahead at where calls go.")
seed = AppGroup("seed", help="Fill an empty database.")
telephony = AppGroup("telephony", help="Examine the exchanges.")
calls = AppGroup("calls", help="Prove the ledger of calls.")
clocks = AppGroup("clock", help="Reckon time limits.")
recordings = AppGroup("recordings", help="Look over recordings, prove them, delete what is due.")


@people.command("add")
@click.argument("work_number")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--unit", "unit_code", default="", help="Code of the unit the person belongs to.")
def add_person(work_number: str, name: str, role: str, unit_code: str) -> None:
    """Add a person; the password shown must be changed at the first sign-in."""
    password = first_password()
    try:
        with unit_of_work():
            accounts.create_person(
                work_number,
                name=name,
                role=role,
                password=password,
                unit_id=_unit_id(unit_code),
                must_change_password=True,
            )
    except Refusal as refusal:
        raise _in_both(partial(sentence, refusal.code, refusal.parameters)) from refusal
    click.echo(f"{work_number} may sign in with {password}")


@people.command("unlock")
@click.argument("work_number")
def unlock_person(work_number: str) -> None:
    """Open a locked account before its time."""
    with unit_of_work():
        accounts.unlock(_person_id(work_number))
    click.echo(f"{work_number} is open")


@people.command("reset-password")
@click.argument("work_number")
def reset_password(work_number: str) -> None:
    """Give a person a password for one sign-in; all sessions of that person end."""
    with unit_of_work():
        password = accounts.reset_password(_person_id(work_number))
    click.echo(f"{work_number} may sign in with {password}")


@seed.command("registers")
def seed_registers() -> None:
    """Load places, units, categories, codes and numbers; a live site needs them first."""
    with unit_of_work():
        added = load_registers()
        added["channels"] = channel_register.load_channels()
    click.echo(", ".join(f"{name} +{count}" for name, count in added.items()))


@seed.command("demo")
def seed_demo() -> None:
    """Fill a demonstration with a city, people, calls and tickets; may be repeated."""
    if current_app.config["SITE_MODE"] != "demo":
        raise _in_both(partial(gettext, "cli.only_demo"))
    # Imported here: outside a demonstration this room must not even be loaded.
    importlib.import_module("app.demo.seed").seed_demo()


@telephony.command("doctor")
@click.argument("exchange_id", required=False)
@click.option("--language", type=click.Choice(list(LOCALES)), default=FIRST_LANGUAGE)
@click.option("--application", default="", help="Where nodes bring recordings; else PUBLIC_URL.")
def examine_exchanges(exchange_id: str | None, language: str, application: str) -> None:
    """Examine each configured exchange and say what is wrong; ends with 1 when something is."""
    settings = current_app.extensions["settings"]
    configured = settings.exchanges
    chosen = [each for each in configured if exchange_id in (None, each.exchange_id)]
    if not chosen:
        raise _in_both(partial(gettext, "cli.no_exchange", exchange=exchange_id))
    room = _recordings_room()
    here = application or settings.public_url or f"http://127.0.0.1:{settings.port}"
    checks = [
        (each.exchange_id, check)
        for each in chosen
        for check in [
            *doctor.examine(each.url, exchange_id=each.exchange_id, is_live=not settings.is_demo),
            *_uploads(each.exchange_id, here.rstrip("/")),
        ]
    ]
    with force_locale(LOCALES[language]):
        for subject, check in [("-", room), *checks]:
            words = gettext(f"doctor.{check.name}_{check.outcome}", detail=check.detail)
            click.echo(f"{subject:8} {check.outcome:9} {words}")
    if any(c.outcome is doctor.Outcome.FAILED for _, c in [("-", room), *checks]):
        raise click.exceptions.Exit(1)


@telephony.command("outages")
@click.option(
    "--since", type=click.DateTime(), default=None, help="In UTC; a week ago if not said."
)
@click.option("--until", type=click.DateTime(), default=None, help="In UTC; now if not said.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--language", type=click.Choice(list(LOCALES)), default=FIRST_LANGUAGE)
def tell_outages(
    since: datetime | None, until: datetime | None, as_json: bool, language: str
) -> None:
    """Say when we, a link or an exchange were away, and what became of callers meanwhile."""
    end = until.replace(tzinfo=UTC) if until else clock.now()
    begin = since.replace(tzinfo=UTC) if since else end - OUTAGES_LOOKED_BACK
    found = outages.list_outages(since=begin, until=end, now=clock.now())
    if as_json:
        wire = [outages.outage_wire(each) for each in found]
        click.echo(json.dumps(wire, ensure_ascii=False, indent=1))
        return
    with force_locale(LOCALES[language]):
        for outage in found:
            click.echo(_outage_words(outage))
        if not found:
            click.echo(gettext("outages.none"))


def _outage_words(outage: Outage) -> str:
    """Say one outage in a few lines."""
    away, waits = outage.absence, outage.waits
    ended = moment_to_second(away.ended_at) if away.ended_at else gettext("outages.still")
    lines = [
        gettext(
            f"outages.away_{away.who}",
            exchange=away.exchange_id,
            began=moment_to_second(away.began_at),
            ended=ended,
            why=away.why or "-",
        ),
        gettext(
            "outages.callers",
            waiting=outage.waiting_then,
            talking=outage.talking_then,
            came_in=outage.came_in,
            **{fate.value: outage.count(fate) for fate in Fate},
        ),
        gettext("outages.lost_of_all", lost=outage.lost, ended=outage.ended),
    ]
    if waits:
        mean = round(sum(waits) / len(waits))
        lines.append(gettext("outages.waits", mean=mean, longest=round(max(waits))))
    differences = sum(outage.mended.values())
    lines.append(gettext("outages.mended", differences=differences, late=outage.heard_late))
    return "\n  ".join(lines)


def _recordings_room() -> doctor.Check:
    """Whether recordings have room; where nobody can know, that, and never that there is."""
    name = "recordings_room"
    try:
        free = given(AudioPlace).store.free_bytes()
    except AudioStoreDown as why:
        gone = "recordings_store"
        return doctor.Check(name=gone, outcome=doctor.Outcome.FAILED, detail=str(why.__cause__))
    if free is None:
        return doctor.Check(name=name, outcome=doctor.Outcome.UNCHECKED)
    is_full = free < LEAST_FREE_BYTES
    outcome = doctor.Outcome.FAILED if is_full else doctor.Outcome.OK
    return doctor.Check(name=name, outcome=outcome, detail=f"{free // 2**20} MiB")


def _uploads(exchange_id: str, application: str) -> list[doctor.Check]:
    """Bring test recordings in the name of an exchange that brings any."""
    exchange: Exchange = current_app.extensions["hotline.exchanges"][exchange_id]
    if not exchange.upload_secret:
        return []
    return list(
        upload_trial.try_uploads(
            application=application,
            exchange_id=exchange_id,
            secret=exchange.upload_secret,
            now=clock.now(),
        )
    )


@recordings.command("sweep")
@click.option("--days", type=click.IntRange(1, 4000), default=recording_jobs.DAYS_LOOKED_BACK)
def sweep_recordings(days: int) -> None:
    """Compare calls, recordings and files in every direction; changes nothing."""
    exchange_ids = list(current_app.extensions["hotline.exchanges"])
    _report(
        recording_jobs.run_sweep(
            "completeness",
            lambda: recording_jobs.look_over(exchange_ids, now=clock.now(), days=days),
        )
    )


@recordings.command("verify")
def verify_recordings() -> None:
    """Read every file and prove by its digest that it is what was received."""
    _report(recording_jobs.run_sweep("digests", recording_jobs.verify_digests))


@recordings.command("delete-due")
def delete_due_recordings() -> None:
    """Delete what the dated rules no longer keep; each deletion leaves a record."""
    _report(
        recording_jobs.run_sweep("retention", lambda: recording_jobs.delete_due(now=clock.now()))
    )


@calls.command("recheck")
@click.option("--since", type=click.DateTime(), default=None, help="Calls from then on, in UTC.")
def recheck_calls(since: datetime | None) -> None:
    """Reckon ended calls anew from the exchanges' raw news; differences end with 1."""
    found = recheck(since=since.replace(tzinfo=UTC) if since else None)
    click.echo(
        f"looked at {found.looked_at}, ends only guessed {found.guessed}, "
        f"differences {len(found.differences)}"
    )
    for one in found.differences:
        click.echo(f"  {one.call_key} {one.what}: ledger {one.ledger}, news {one.reckoned}")
    if found.differences:
        raise click.exceptions.Exit(1)


def _report(result: recording_jobs.SweepResult | None) -> None:
    """Print what a sweep found; anything found ends the command with 1."""
    if result is None:
        raise _in_both(partial(gettext, "cli.at_it"))
    click.echo(f"looked at {result.looked_at}")
    for kind, names in result.found.items():
        click.echo(f"{kind}: {len(names)}")
        for name in names[: recording_jobs.MOST_NAMED]:
            click.echo(f"  {name}")
    if result.faults:
        raise click.exceptions.Exit(1)


@numbers.command("preview")
@click.argument("dialled")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M%z"]), help="2026-11-23T08:00+0800")
@click.option("--exchange", default="", help="Where the call comes in.")
@click.option("--trunk", default="")
@click.option("--call", "call_key", default="", help="Which call, where shares decide.")
def preview_number(
    dialled: str, at: datetime | None, exchange: str, trunk: str, call_key: str
) -> None:
    """Say what would happen to a call to what the carrier delivers, at a moment."""
    call = door.CallAtDoor(
        exchange_id=exchange, call_key=call_key, from_number="", delivered=dialled, trunk=trunk
    )
    preview = door.preview_call(call, at=at or clock.now())
    click.echo(json.dumps(preview_wire(preview), ensure_ascii=False, indent=1))


@clocks.command("due")
@click.option("--from", "received", type=click.DateTime(RECEIVED), required=True)
@click.option("--limit", "written", required=True, help="30min, 2h, 4wh, 10wd, 60d")
@click.option("--urgent", "is_urgent", is_flag=True, help="It runs on any day.")
@click.option("--region", "place", default="", help="Code or name of a county: by its calendar.")
@click.option("--language", type=click.Choice(list(LOCALES)), default=FIRST_LANGUAGE)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def reckon_due_date(
    received: datetime, written: str, is_urgent: bool, place: str, language: str, as_json: bool
) -> None:
    """Say until when something is due that was received then, by the calendar as it is loaded.

    By the city's calendar, as a citizen's clock counts, or by that of a region, as its units' do.
    """
    at = received if received.tzinfo else received.replace(tzinfo=CITY_TIME)
    try:
        limit = read_limit(written)
        region = organisation.find_county(place).code if place else ""
        working = working_calendar.working_time(region=region)
        reckoned = reckon_due(at, limit, working, is_urgent=is_urgent)
    except Refusal as why:
        with force_locale(LOCALES[language]):
            words = sentence(why.code, why.parameters)
        raise click.ClickException(words) from why
    told = due_wire(reckoned)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")


@figures.command("rebuild")
def rebuild_figures() -> None:
    """Reckon every draft anew; say which published or open numbers would be others today."""
    differing = 0
    for report in reports.list_reports():
        with unit_of_work():
            has_changed = reports.reckon_again(report.id)
        if has_changed:
            click.echo(f"{report.first_day} {report.grouped_by}: reckoned anew, numbers changed")
        for cell in reports.differences_now(reports.get_report(report.id)):
            differing += 1
            told = json.dumps(cell, ensure_ascii=False)
            click.echo(f"{report.first_day} {report.grouped_by} {report.state.value}: {told}")
    click.echo(f"{differing} numbers differ from what is kept")


@tickets.command("list-rows")
def make_list_rows_anew() -> None:
    """Write what lists look through anew from the tickets, batch by batch."""
    last, following = 0, 1
    while following:
        with unit_of_work():
            following = list_rows.make_anew(after=last)
        last = following or last
    click.echo(f"up to ticket {last}")


def add_commands(app: Flask) -> None:
    """Offer the commands under `flask`."""
    app.cli.add_command(people)
    app.cli.add_command(seed)
    app.cli.add_command(recordings)
    app.cli.add_command(telephony)
    app.cli.add_command(numbers)
    app.cli.add_command(calls)
    app.cli.add_command(clocks)
    app.cli.add_command(figures)
    app.cli.add_command(tickets)


def _in_both(say: Callable[[], str]) -> click.ClickException:
    """Make an error of a command: who runs one has chosen no language, so it speaks both."""
    told = []
    for locale in LOCALES.values():
        with force_locale(locale):
            told.append(say())
    return click.ClickException(" · ".join(told))


def _person_id(work_number: str) -> int:
    person = accounts.find_by_work_number(work_number)
    if person is None:
        raise _in_both(partial(gettext, "cli.nobody", number=work_number))
    return person.id


def _unit_id(code: str) -> int | None:
    found = [unit.id for unit in organisation.list_units() if unit.code == code]
    if found or not code:
        return found[0] if found else None
    raise _in_both(partial(gettext, "cli.no_unit", code=code))
