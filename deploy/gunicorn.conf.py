"""How gunicorn runs one process of the workstation: what starts beside the requests, and stops."""

import gc
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

control_socket_disable = True
graceful_timeout = 10
timeout = 60
_stops: list[Any] = []


def post_worker_init(worker: Any) -> None:
    """Start the loops once the worker can serve, never at import."""
    from app.factory import start_serving  # noqa: PLC0415 - the master must not import the app

    _stops.append(start_serving(worker.app.callable))
    # What the app is made of stays for ever: looking through it for garbage holds up every thread.
    gc.collect()
    gc.freeze()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Stop the loops and give the duty back."""
    while _stops:
        _stops.pop()()
