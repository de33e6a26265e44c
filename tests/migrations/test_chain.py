"""The migrations form one chain of numbered files."""

import re
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@pytest.fixture(scope="module")
def chain() -> ScriptDirectory:
    """Read the migrations without running them."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(made)


def test_there_is_one_newest_migration(chain: ScriptDirectory) -> None:
    assert len(chain.get_heads()) == 1


def test_a_migration_is_called_what_its_file_is_called(chain: ScriptDirectory) -> None:
    for step in chain.walk_revisions():
        assert Path(step.path).stem == step.revision


def test_migrations_are_numbered_without_a_gap(chain: ScriptDirectory) -> None:
    names = [step.revision for step in chain.walk_revisions()][::-1]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_no_file_stands_beside_the_chain(chain: ScriptDirectory) -> None:
    files = {file.stem for file in (MIGRATIONS / "versions").glob("*.py")}
    assert files == {step.revision for step in chain.walk_revisions()}
