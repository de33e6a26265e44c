"""What a bed has recorded, where no spooler runs: finished is what Asterisk has closed."""

from pathlib import Path

from tests.bed.bed import Bed
from tests.services.processes import wait_until
from tests.telephony.deployed import load


def finished_recording(bed: Bed, call_key: str, piece: int = 1) -> Path:
    """Wait for the recording of a call's ring with this number. Raises DidNotHappen."""
    is_closed = load("recording_spooler").is_closed
    path = bed.recordings / "open" / f"{bed.exchange_id}_{call_key}_{piece}.wav"
    wait_until(
        lambda: path.exists() and is_closed(path), seconds=5, what=f"the recording {path.name}"
    )
    return path
