"""The tags that bring the built front end into a page."""

import json
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from app.core import vite_assets

MANIFEST = {
    "src/main.ts": {
        "file": "assets/main-1.js",
        "imports": ["_shared.js"],
        "css": ["assets/main.css"],
    },
    "src/pages.ts": {"file": "assets/pages-1.js", "imports": ["_shared.js"]},
    "_shared.js": {
        "file": "assets/shared-1.js",
        "imports": ["src/main.ts"],
        "css": ["assets/s.css"],
    },
}


@pytest.fixture
def page(tmp_path: Path) -> Flask:
    app = Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")
    vite_assets.init_app(app)
    app.jinja_env.globals["csp_nonce"] = lambda: "n0nce"
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    return app


def show(app: Flask, template: str) -> str:
    with app.test_request_context():
        return render_template_string(template)


def test_an_entry_brings_its_styles_and_all_it_imports_once(page: Flask) -> None:
    shown = show(page, "{{ vite_entry('src/main.ts') }}")

    assert shown.count('rel="stylesheet"') == 2
    assert (
        '<link rel="modulepreload" href="/static/built/assets/shared-1.js" nonce="n0nce">' in shown
    )
    assert shown.endswith(
        '<script type="module" src="/static/built/assets/main-1.js" nonce="n0nce"></script>'
    )


def test_an_entry_asked_for_twice_is_written_once(page: Flask) -> None:
    shown = show(page, "{{ vite_entry('src/pages.ts') }}|{{ vite_entry('src/pages.ts') }}")

    assert shown.endswith("</script>|")


def test_an_island_carries_its_props_as_text_that_cannot_break_out(page: Flask) -> None:
    shown = show(page, "{{ island('agent_desk', {'name': '<\"张\">'}) }}")

    assert 'data-island="agent_desk" data-props="{&#34;name&#34;: &#34;&lt;' in shown
    assert "main-1.js" in shown


def test_a_new_build_is_seen_without_a_restart(page: Flask) -> None:
    show(page, "{{ vite_entry('src/pages.ts') }}")
    manifest = Path(str(page.static_folder)) / "built" / "manifest.json"
    manifest.write_text(json.dumps({"src/pages.ts": {"file": "assets/pages-2.js"}}))

    assert "pages-2.js" in show(page, "{{ vite_entry('src/pages.ts') }}")


def test_assets_that_were_not_built_are_named(page: Flask) -> None:
    with pytest.raises(vite_assets.AssetsNotBuilt, match="make setup"):
        show(page, "{{ vite_entry('src/other.ts') }}")
    (Path(str(page.static_folder)) / "built" / "manifest.json").unlink()

    with pytest.raises(vite_assets.AssetsNotBuilt, match="make setup"):
        show(page, "{{ vite_entry('src/pages.ts') }}")
