"""Prepares what the product runs on: Python packages, the front end, the catalogues.

    python3 -m scripts.prepare run     what `make run` needs
    python3 -m scripts.prepare test    what tests and checks need on top

Each part is skipped while its inputs are what they were, and then needs no network.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import stamps, steps
from scripts.steps import ROOT, VENV, StepFailed, step

PYTHON = VENV / "bin" / "python"
FRONT_END = ROOT / "app" / "frontend"
TEMPLATES = ROOT / "app" / "templates"
BUILT = ROOT / "app" / "static" / "built"
CATALOGUES = ROOT / "app" / "translations"
# uv comes with the build tools, for machines that have none.
PACKAGES = {
    "run": ("requirements-build.txt", "requirements.txt"),
    "test": ("requirements-build.txt", "requirements-dev.txt"),
}


def prepare(purpose: str) -> None:
    """Bring everything for a purpose, "run" or "test", up to date."""
    check_python()
    python_packages(purpose)
    front_end()
    catalogues()


def check_python() -> None:
    """Refuse a Python that the locked packages do not fit."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever types `make` may have an older one
        found = ".".join(map(str, sys.version_info[:3]))
        raise StepFailed(f"Python 3.11 or newer is needed; this is {found}. PYTHON=… names another")


# --- Python packages -------------------------------------------------------------------------


def python_packages(purpose: str) -> None:
    """Install the hashed requirements into `.venv`, with uv when it can be had."""
    files = [ROOT / name for name in PACKAGES[purpose]]
    relative = stamps.fingerprint(files, also=f"{sys.version_info[:2]} {ROOT}")
    stamp = VENV / f".stamp-{purpose}"
    if PYTHON.exists() and stamps.is_fresh(stamp, relative):
        return
    with step("Python 运行环境 · Python packages"):
        if not PYTHON.exists():
            _make_environment()
        uv = _uv()
        for file in files:
            _install(file, uv=uv)
        stamps.put(stamp, relative)


def _make_environment() -> None:
    uv = shutil.which("uv")
    with_uv = [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)] if uv else []
    ways = [
        with_uv,
        [sys.executable, "-m", "venv", str(VENV)],
        # Debian without python3-venv: the environment comes without pip, the system's pip fills it
        [sys.executable, "-m", "venv", "--without-pip", str(VENV)],
    ]
    for way in filter(None, ways):
        shutil.rmtree(VENV, ignore_errors=True)
        if subprocess.run(way, capture_output=True, check=False).returncode == 0:
            return
    raise StepFailed("No virtual environment could be made. On Debian: apt install python3-venv")


def _uv() -> str | None:
    """Find uv: the system's, or our own, installed with its hash by pip; None when neither."""
    own = VENV / "bin" / "uv"
    if found := shutil.which("uv"):
        return found
    if not own.exists():
        try:
            _install(ROOT / "requirements-build.txt", uv=None)
        except StepFailed:
            return None
    return str(own) if own.exists() else None


def _install(requirements: Path, *, uv: str | None) -> None:
    hashed = ["install", "--require-hashes", "-r", str(requirements)]
    if uv:
        steps.run([uv, "pip", *hashed, "--python", str(PYTHON)])
    elif (VENV / "bin" / "pip").exists():
        steps.run([PYTHON, "-m", "pip", *hashed, "--only-binary", ":all:"])
    else:
        steps.run([sys.executable, "-m", "pip", "--python", str(PYTHON), *hashed])


# --- the front end ---------------------------------------------------------------------------


def front_end() -> None:
    """Install the locked npm packages and build the pages' scripts and styles."""
    lock = stamps.fingerprint([FRONT_END / "package-lock.json"])
    installed = FRONT_END / "node_modules" / ".stamp"
    sources = stamps.fingerprint(_front_end_sources())
    built = BUILT / ".stamp"
    is_built = stamps.is_fresh(built, sources) and (BUILT / "manifest.json").exists()
    # Whoever only runs the product needs no npm packages once the pages are built.
    needs_packages = not is_built or (VENV / ".stamp-test").exists()
    if needs_packages and not stamps.is_fresh(installed, lock):
        with step("前端依赖 · npm packages"):
            _npm("ci", "--no-audit", "--no-fund")
            stamps.put(installed, lock)
    if not is_built:
        with step("前端构建 · building the front end"):
            _npm("run", "build")
            stamps.put(built, sources)


def _npm(*words: str) -> None:
    steps.run([VENV / "bin" / "npm", *words], folder=FRONT_END, environment=node_path())


def node_path() -> dict[str, str]:
    """Put our own Node.js before any other."""
    return {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _front_end_sources() -> list[Path]:
    """Name what the build reads: its own files, and the pages whose styles it keeps."""
    return [
        file
        for file in [*FRONT_END.rglob("*"), *TEMPLATES.rglob("*.html")]
        if file.is_file() and not {"node_modules", "tests"}.intersection(file.parts)
    ]


# --- the catalogues --------------------------------------------------------------------------


def catalogues() -> None:
    """Compile the texts of the server's pages."""
    sources = list(CATALOGUES.rglob("*.po"))
    current = stamps.fingerprint(sources)
    stamp = VENV / ".stamp-texts"
    if stamps.is_fresh(stamp, current) and all(po.with_suffix(".mo").exists() for po in sources):
        return
    with step("界面文字 · texts"):
        steps.run([VENV / "bin" / "pybabel", "compile", "-d", CATALOGUES])
        stamps.put(stamp, current)


def main() -> int:
    """Prepare for the purpose that was named."""
    prepare(sys.argv[1] if len(sys.argv) > 1 else "run")
    return 0


if __name__ == "__main__":
    steps.main(main)
