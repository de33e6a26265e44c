"""What a form saw when it was opened: a save that comes later says it, so that nobody overwrites.

The mark is reckoned from the values themselves. Two people who open the same form carry the same
mark; as soon as one has saved, the other's fits no longer. No column counts versions, and whoever
saves what is there already changes nothing and is not refused.
"""

import hashlib
import json
from collections.abc import Mapping

from app.core.errors import Conflict

MARK_LENGTH = 16


class ChangedMeanwhile(Conflict):
    """Somebody saved something else after this form was opened: nothing was saved."""

    code = "changed-meanwhile"


def seen_mark(shown: Mapping[str, object]) -> str:
    """Return the mark of these values, whatever their order."""
    spelled = json.dumps(dict(shown), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()[:MARK_LENGTH]


def check_seen(seen: str, shown: Mapping[str, object]) -> None:
    """Raise ChangedMeanwhile unless `seen` is the mark of what is there now."""
    if seen != seen_mark(shown):
        raise ChangedMeanwhile
