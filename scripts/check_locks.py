"""Checks that the locked requirements still belong to what was asked for. Needs no network.

Every line of a `.in` file must stand in its `.txt` with hashes, no `.txt` may name an address,
and tests must run on the very versions that the product runs on.
"""

import re

from scripts import steps
from scripts.steps import ROOT, StepFailed, step

LOCKS = ("requirements", "requirements-dev", "requirements-build")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^\s;\\]+)", re.MULTILINE)


def main() -> int:
    """Compare all locks."""
    with step("锁定的依赖 · locked requirements"):
        faults = [fault for name in LOCKS for fault in faults_of(name)]
        product, tests = pins("requirements.txt"), pins("requirements-dev.txt")
        faults += [
            f"{name}: {version} in requirements.txt, {tests.get(name)} in requirements-dev.txt"
            for name, version in product.items()
            if tests.get(name) != version
        ]
        if faults:
            raise StepFailed("\n".join(["make freeze is due:", *faults]))
    return 0


def faults_of(name: str) -> list[str]:
    """List what is wrong between one `.in` and its `.txt`."""
    asked, locked = pins(f"{name}.in"), pins(f"{name}.txt")
    faults = [
        f"{name}.in asks for {package}=={version}, {name}.txt has {locked.get(package)}"
        for package, version in asked.items()
        if locked.get(package) != version
    ]
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    if "://" in text:
        faults.append(f"{name}.txt names an address")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    faults += [
        f"{name}.txt: no hash for {block.split()[0]}"
        for block in blocks
        if PINNED.match(block) and "--hash=sha256:" not in block
    ]
    return faults


def pins(file: str) -> dict[str, str]:
    """Read package → version from a requirements file."""
    return dict(PINNED.findall((ROOT / file).read_text(encoding="utf-8")))


if __name__ == "__main__":
    steps.main(main)
