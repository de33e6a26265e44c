"""`make freeze`: locks the requirements again, with hashes and without any address."""

import shutil

from scripts import steps
from scripts.prepare import python_packages
from scripts.steps import ROOT, VENV, StepFailed, step

# Tests are locked after the product, because they run on the product's versions.
FILES = ("requirements-build", "requirements", "requirements-dev")
RULES = (
    *("--generate-hashes", "--python-version", "3.11", "--only-binary", ":all:"),
    *("--no-emit-index-url", "--no-header", "--quiet"),
)


def main() -> int:
    """Compile every `.in` into its `.txt`."""
    python_packages("run")
    own = VENV / "bin" / "uv"
    uv = shutil.which("uv") or (str(own) if own.exists() else None)
    if uv is None:
        raise StepFailed("uv is needed to lock requirements, and could not be installed")
    for name in FILES:
        with step(f"{name}.txt"):
            steps.run(
                [uv, "pip", "compile", *RULES, f"{name}.in", "-o", f"{name}.txt"], folder=ROOT
            )
    return 0


if __name__ == "__main__":
    steps.main(main)
