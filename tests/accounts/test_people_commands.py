"""What the keeper of the server may do from the command line."""

import pytest
from flask import Flask

from app.accounts import events, service
from app.core.database import unit_of_work
from app.core.events import Event
from tests import people


def test_a_person_is_added_and_must_change_the_password_shown(app: Flask) -> None:
    told = app.test_cli_runner().invoke(
        args=["people", "add", "3001", "--name", "甲", "--role", "auditor"]
    )

    assert told.exit_code == 0, told.output
    password = told.output.split()[-1]
    person = service.find_by_work_number("3001")
    assert person is not None
    assert person.must_change_password
    assert service.prove_password("3001", password=password).is_right


def test_a_work_number_that_somebody_has_is_refused(app: Flask) -> None:
    people.one_person("agent", work_number="3001")

    told = app.test_cli_runner().invoke(
        args=["people", "add", "3001", "--name", "甲", "--role", "agent"]
    )

    assert told.exit_code == 1
    assert "工号 3001 已有人使用。 · Somebody has the work number 3001." in told.output


def test_a_locked_account_is_opened(app: Flask, heard: list[Event]) -> None:
    person = people.one_person("agent")
    proof = service.Proof(user_id=person.id, work_number=person.work_number, is_right=False)
    for _ in range(5):
        with unit_of_work():
            service.settle_password(proof, address="", allows_demo=True)

    told = app.test_cli_runner().invoke(args=["people", "unlock", person.work_number])

    assert told.exit_code == 0
    assert events.UserUnlocked(user_id=person.id) in heard
    assert service.get_person(person.id).locked_until is None


def test_a_password_is_reset_and_all_sessions_end(app: Flask, heard: list[Event]) -> None:
    person = people.one_person("agent")

    told = app.test_cli_runner().invoke(args=["people", "reset-password", person.work_number])

    assert service.prove_password(person.work_number, password=told.output.split()[-1]).is_right
    assert events.SessionsRevoked(user_id=person.id, epoch=2) in heard


def test_nobody_is_not_somebody(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["people", "unlock", "404404"])

    assert told.exit_code == 1
    assert "没有工号为 404404 的人员 · nobody has the work number 404404" in told.output


def test_a_live_site_gets_its_places_and_numbers_from_one_command_that_may_be_repeated(
    app: Flask,
) -> None:
    first = app.test_cli_runner().invoke(args=["seed", "registers"])
    second = app.test_cli_runner().invoke(args=["seed", "registers"])

    assert first.exit_code == second.exit_code == 0
    assert "numbers +35" in first.output
    assert "numbers +0" in second.output


@pytest.mark.parametrize("work_number", ["12", "abc", "10 06", "1" * 13, "１００６"])
def test_a_work_number_that_cannot_be_typed_or_rung_is_refused(
    app: Flask, work_number: str
) -> None:
    told = app.test_cli_runner().invoke(
        args=["people", "add", work_number, "--name", "甲", "--role", "agent"]
    )

    assert told.exit_code == 1
    assert "新工号须由 3 至 12 位数字组成" in told.output
