"""Every setting is explained in docs/settings.md, and nothing else is."""

import re
from pathlib import Path

DOCUMENT = Path("docs/settings.md")
OF_TESTS_AND_TOOLS = ("TEST_", "HOTLINE_BED", "PYTHON", "CI")


def names_in_code() -> set[str]:
    return set(re.findall(r"""env_\w+\(\s*"([A-Z_]+)\"""", Path("config.py").read_text("utf-8")))


def test_every_setting_is_explained() -> None:
    assert {
        name for name in names_in_code() if f"`{name}`" not in DOCUMENT.read_text("utf-8")
    } == set()


def test_no_setting_is_explained_that_does_not_exist() -> None:
    rows = re.findall(r"^\|\s*`([A-Z_]{3,})`", DOCUMENT.read_text("utf-8"), flags=re.M)

    ours = {row for row in rows if not row.startswith(OF_TESTS_AND_TOOLS)}
    assert ours - names_in_code() == set()
