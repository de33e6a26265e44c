"""Brings the data of a site up to date, in one process. Runs inside `.venv`.

The database gets its newest shape. A demonstration also gets its city, and what is printed then is
as whom a newcomer can sign in. May be repeated; what is there stays.
"""

import importlib
import os
import sys
from collections.abc import Iterator

import flask_babel
import flask_migrate

from app.accounts import people_register
from app.accounts import service as accounts
from app.core.permissions import TABLE, Permission, Role
from app.factory import create_app
from config import BadSettings, read_settings

PEOPLE_SHOWN = 4
LANGUAGES = ("zh_Hans_CN", "en")


def main() -> int:
    """Upgrade, seed, say who may enter."""
    try:
        settings = read_settings({**os.environ, "RUN_SWITCHBOARD": "no"})
    except BadSettings as faults:
        sys.stderr.write(f"{faults}\n")
        return 1
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        if settings.is_demo:
            # Outside a demonstration this room must not even be loaded.
            importlib.import_module("app.demo.seed").seed_demo()
            sys.stdout.writelines(f"    {line}\n" for line in sign_ins())
    return 0


def sign_ins() -> Iterator[str]:
    """Give a line for each of a few people who answer calls, agents first; then the password."""
    everybody = people_register.list_demo_people()
    at_desk = [person for person in everybody if Permission.DESK_USE in TABLE[person.role]]
    at_desk.sort(key=lambda person: (person.role != Role.AGENT, person.work_number))
    shown = at_desk[:PEOPLE_SHOWN]
    for person in shown:
        yield f"{person.work_number}    {person.name}  {' · '.join(role_words(person.role))}"
    rest = len(everybody) - len(shown)
    yield (
        f"密码都是 · the password of all: {accounts.DEMO_PASSWORD}"
        f"    (另有 {rest} 个岗位，见登录页 · {rest} more on the sign-in page)"
    )


def role_words(role: Role) -> Iterator[str]:
    """Give the name of a role in both languages."""
    for language in LANGUAGES:
        with flask_babel.force_locale(language):
            yield flask_babel.gettext(f"role.{role}")


if __name__ == "__main__":
    sys.exit(main())
