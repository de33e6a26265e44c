"""Imports only go down the storeys (pyproject.toml holds the contracts)."""

import subprocess
import sys
from pathlib import Path

import pytest

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.mark.slow
def test_the_import_contracts_hold() -> None:
    # A separate process: inside this one, import-linter would silence our loggers.
    answer = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
