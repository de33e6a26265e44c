"""Stamps: what was made from what, so that nothing is made twice.

A stamp holds the SHA-256 over the names and contents of the inputs. Times of files say nothing
after a `git checkout`; contents do.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *, also: str = "") -> str:
    """Give one SHA-256 over the files, in order of their paths, and over `also`."""
    total = hashlib.sha256(also.encode())
    for file in sorted(files):
        total.update(str(file).encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def is_fresh(stamp: Path, print_: str) -> bool:
    """Say whether the stamp was put for these very inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == print_


def put(stamp: Path, print_: str) -> None:
    """Note that the work for these inputs is done."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{print_}\n", encoding="ascii")
