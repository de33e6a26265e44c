"""No deed without its line, and no kind of event forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import delete

from app.accounts import service as accounts
from app.accounts.models import User
from app.audit import service
from app.audit.line_contents import AuditRule, data_of
from app.audit.listeners import AUDITED, NOT_AUDITED
from app.core.database import db, unit_of_work
from app.core.events import Event
from tests import people
from tests.catalogues import keys, read
from tests.conftest import PageClient


def kinds(kind: type[Event] = Event) -> Iterator[type[Event]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(("app.", "knowledge_base.")):
            yield each
        yield from kinds(each)


@pytest.mark.usefixtures("app")
def test_every_kind_of_event_is_audited_or_named_as_not_audited() -> None:
    assert {kind for kind in kinds() if kind not in AUDITED and kind not in NOT_AUDITED} == set()
    assert AUDITED.keys() & NOT_AUDITED == set()


@pytest.mark.parametrize("kind", AUDITED, ids=lambda kind: kind.name)
def test_a_rule_names_only_what_its_event_has(kind: type[Event]) -> None:
    rule = AUDITED[kind]
    wanted = {rule.subject, *rule.kept, *([rule.actor] if rule.actor else [])}

    assert wanted <= set(kind.__dataclass_fields__)


@pytest.mark.usefixtures("app")
def test_a_wrong_password_leaves_a_line_without_an_actor() -> None:
    person = people.one_person("agent")
    proof = accounts.Proof(user_id=person.id, work_number=person.work_number, is_right=False)

    with unit_of_work():
        accounts.settle_password(proof, address="127.0.0.1", allows_demo=True)

    line = service.list_lines().items[0]
    assert (line.kind, line.actor_id) == ("account.sign_in_failed", None)
    assert (line.subject_type, line.subject_id) == ("user", str(person.id))
    assert line.data["reason"] == "password"
    assert line.summary == "audit.account.sign_in_failed"


@pytest.mark.usefixtures("app")
def test_signing_out_is_the_persons_own_deed() -> None:
    person = people.one_person("agent")

    with unit_of_work():
        accounts.sign_out(person.id)

    lines = {line.kind: line for line in service.list_lines().items}
    assert lines["account.signed_out"].actor_id == person.id
    assert lines["account.sessions_revoked"].data == {"epoch": 2}


@pytest.mark.usefixtures("app")
def test_a_deed_that_was_undone_leaves_no_line() -> None:
    person = people.one_person("agent")
    before = service.list_lines().total

    with pytest.raises(LookupError), unit_of_work():
        accounts.unlock(person.id)
        raise LookupError

    assert service.list_lines().total == before


@pytest.mark.usefixtures("app")
def test_a_person_with_lines_cannot_be_wiped_out() -> None:
    person = people.one_person("agent")
    with unit_of_work():
        accounts.sign_out(person.id)

    with pytest.raises(Exception, match=r"(?i)foreign key"), unit_of_work():
        db.session.execute(delete(User).where(User.id == person.id))


def test_an_auditor_reads_the_lines_and_lands_there(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("auditor")

    assert browser.get("/").location == "/audit"
    page = browser.get("/audit").text
    assert "登录" in page
    assert browser.person.work_number in page


def test_every_line_has_its_sentence_and_its_subject_a_name() -> None:
    known = set(keys(read("en")))
    wanted = {f"audit.{kind.name}" for kind in AUDITED}
    wanted |= {f"audit.subject_{rule.subject_type}" for rule in AUDITED.values()}

    assert wanted - known == set()


@dataclass(frozen=True, kw_only=True)
class CallbackPromised(Event):
    """Only for this test."""

    name: ClassVar[str] = "test.callback_promised"
    user_id: int
    note: str


def test_telephone_numbers_in_a_line_are_masked() -> None:
    rule = AuditRule(realm="test", subject_type="user", subject="user_id", kept=("note",))

    data = data_of(CallbackPromised(user_id=1, note="ring 13912342817"), rule)

    assert data == {"note": "ring 139****2817"}
