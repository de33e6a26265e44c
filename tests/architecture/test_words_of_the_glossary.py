"""One word for one thing: what the glossary names is named so on every screen."""

import json
from pathlib import Path

import pytest

from tests.catalogues import keys, read

SCREENS = {
    **{f"pages {key}": text for key, text in keys(read("zh_Hans_CN")).items()},
    **{
        f"desk {group} {key}": str(text)
        for group, texts in json.loads(
            Path("app/frontend/src/locales/zh-CN.json").read_text(encoding="utf-8")
        ).items()
        for key, text in texts.items()
    },
}


@pytest.mark.parametrize(
    ("other", "word"),
    [("话务台", "工作台"), ("签出", "签退"), ("开会", "会议"), ("处理工单", "案头")],
)
def test_no_screen_has_another_word(other: str, word: str) -> None:
    glossary = Path("docs/glossary.md").read_text(encoding="utf-8")

    assert word in glossary
    assert other not in glossary
    assert sorted(key for key, text in SCREENS.items() if other in text) == []
