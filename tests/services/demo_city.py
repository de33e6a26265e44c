"""The demonstration's city: migrated and seeded once for all tests of a run, copied for each."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def copy_demo_city(folder: Path) -> Path:
    """Put the city's SQLite database into a folder, ready to be served, and say where it is."""
    return Path(shutil.copy(_demo_city(), folder / "hotline.db"))


def fill_with_demo(environment: Mapping[str, str]) -> None:
    """Bring the empty database of these settings to the newest shape, with the city in it."""
    command = [sys.executable, "-m", "scripts.site_data"]
    subprocess.run(
        command, cwd=ROOT, env=dict(environment), check=True, capture_output=True, timeout=120
    )


@cache
def _demo_city() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hotline-demo-city-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fill_with_demo(
        {
            **os.environ,
            "SITE_MODE": "demo",
            "INSTANCE_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/hotline.db",
            "EXCHANGES": "sim=simulator://quiet",
            "LOG_LEVEL": "WARNING",
        }
    )
    return folder / "hotline.db"
