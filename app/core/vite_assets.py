"""Puts the built front end into pages: reads Vite's manifest, writes the tags, sets the nonce."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

# Names one file of the front end: what it is built into, its styles, the pieces it needs.
Manifest = dict[str, dict[str, Any]]

_FOLDER = "built"


class AssetsNotBuilt(RuntimeError):
    """The front end has not been built, or this entry is not part of the build."""


@dataclass(kw_only=True)
class _Remembered:
    """The manifest as last read, and the moment of the file it was read from."""

    written_ns: int = -1
    manifest: Manifest | None = None


def init_app(app: Flask) -> None:
    """Offer `vite_entry(name)` and `island(name, props)` to every template of this app."""
    app.extensions["vite_assets"] = _Remembered()
    app.jinja_env.globals["vite_entry"] = vite_entry
    app.jinja_env.globals["island"] = island
    app.register_error_handler(AssetsNotBuilt, _say_what_is_missing)


def vite_entry(name: str) -> Markup:
    """Write the style sheets, preloads and the script of one entry, e.g. `src/pages.ts`.

    Each entry is written once per page: a layout and an island may both ask for it.
    Raises AssetsNotBuilt when the manifest is missing or does not know the entry.
    """
    written: set[str] = g.setdefault("vite_entries_written", set())
    if name in written:
        return Markup("")
    written.add(name)
    manifest = _read_manifest()
    if name not in manifest:
        raise AssetsNotBuilt(f"{name} is not in the manifest; run `make setup`")
    chunks = list(_with_imports(manifest, name))
    styles = dict.fromkeys(sheet for chunk in chunks for sheet in chunk.get("css", []))
    tags = [Markup('<link rel="stylesheet" href="{}">').format(_address(sheet)) for sheet in styles]
    tags += [
        Markup('<link rel="modulepreload" href="{}" nonce="{}">').format(
            _address(chunk["file"]), _nonce()
        )
        for chunk in chunks[1:]
    ]
    tags.append(
        Markup('<script type="module" src="{}" nonce="{}"></script>').format(
            _address(chunks[0]["file"]), _nonce()
        )
    )
    return Markup("\n").join(tags)


def island(name: str, props: dict[str, object] | None = None) -> Markup:
    """Write the place where the island `name` lives, its props as JSON, and the script for it."""
    place = Markup('<div data-island="{}" data-props="{}"></div>').format(
        name, json.dumps(props or {}, ensure_ascii=False)
    )
    return place + Markup("\n") + vite_entry("src/main.ts")


def _say_what_is_missing(_missing: Exception) -> ResponseReturnValue:
    """Answer in plain text: no template can be trusted when its assets are not there."""
    return gettext("assets.not-built"), 503, {"Content-Type": "text/plain; charset=utf-8"}


def _read_manifest() -> Manifest:
    """Give the manifest, read again only when the file has been written again."""
    remembered: _Remembered = current_app.extensions["vite_assets"]
    path = Path(str(current_app.static_folder)) / _FOLDER / "manifest.json"
    try:
        written_ns = path.stat().st_mtime_ns
    except FileNotFoundError as missing:
        raise AssetsNotBuilt(f"{path} is missing; run `make setup`") from missing
    if remembered.manifest is None or remembered.written_ns != written_ns:
        remembered.manifest = json.loads(path.read_text(encoding="utf-8"))
        remembered.written_ns = written_ns
    return remembered.manifest


def _with_imports(manifest: Manifest, name: str) -> Iterator[dict[str, Any]]:
    """Walk an entry and all it imports at once, each piece one time, the entry first."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        key = waiting.pop(0)
        if key in seen:
            continue
        seen.add(key)
        yield manifest[key]
        waiting.extend(manifest[key].get("imports", []))


def _address(file: str) -> str:
    return url_for("static", filename=f"{_FOLDER}/{file}")


def _nonce() -> str:
    """The page's nonce for scripts, where the security headers set one."""
    give = current_app.jinja_env.globals.get("csp_nonce")
    return str(give()) if callable(give) else ""
