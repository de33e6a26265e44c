"""Names and texts: no word that says nothing, no sentence outside the catalogues."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, files, texts_of

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "lib"}
LONGEST_FILE = 400
LONGEST_TEST = 500  # a list of promises may be long
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Names of places, units, people and callers of the demonstration, and rules about Chinese itself.
CHINESE_DATA = {
    "app/demo": "what the demonstration is made of",
    "app/organisation/place_ranking.py": "where in a Chinese address the flat begins",
    "app/tickets/person_details.py": "how a sum of money is written",
    "app/privacy/personal_traces.py": "which Chinese signs mark a flat, and how digits are spoken",
    "app/callers/shown_names.py": "how a Chinese name is shortened",
    "app/core/phone_numbers.py": "how people write an extension and a number that did not come",
    "knowledge_base/ranking.py": "which Chinese characters carry no meaning in a search",
}
FRONT_END = files("app/frontend/src", ending=".ts") + files("app/frontend/src", ending=".vue")
OTHER_TEXTS_ARE_FINE = ("locales", "dev", ".test.", "tests")


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    paths = [*files(*CODE, "tests", "scripts", "deploy"), *FRONT_END]
    parts = {part for path in paths for part in (*path.parent.parts, path.stem)}

    assert {part for part in parts if FORBIDDEN.intersection(re.split(r"[_\-.]", part))} == set()


@pytest.mark.parametrize("path", [*files(*CODE, "tests", "scripts"), *FRONT_END], ids=str)
def test_no_file_is_longer_than_a_short_chapter(path: Path) -> None:
    longest = LONGEST_TEST if path.parts[0] == "tests" else LONGEST_FILE

    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest


@pytest.mark.parametrize("path", files(*CODE), ids=str)
def test_no_sentence_for_people_stands_in_python(path: Path) -> None:
    if str(path).startswith(tuple(CHINESE_DATA)):
        return

    assert [(line, text) for line, text in texts_of(path) if CHINESE.search(text)] == []


@pytest.mark.parametrize("path", FRONT_END, ids=str)
def test_no_sentence_for_people_stands_in_the_front_end(path: Path) -> None:
    if any(word in str(path) for word in OTHER_TEXTS_ARE_FINE):
        return
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/|<!--.*?-->|(?<!:)//[^\n]*", "", text, flags=re.S)

    assert CHINESE.findall(text) == []


def test_tests_are_no_packages() -> None:
    """A folder named like a library, with an __init__.py, would hide the library."""
    assert list(Path("tests").rglob("__init__.py")) == []


def test_no_path_of_this_machine_stands_in_the_code() -> None:
    own = (f"{Path.cwd()}/", f"{Path.home()}/")

    found = [
        str(path)
        for path in [*files(*CODE, "scripts", "deploy", "tests", "migrations"), Path("config.py")]
        if any(place in path.read_text(encoding="utf-8") for place in own)
    ]
    assert found == []
