"""Says a limit as people read it: ten working days."""

from flask_babel import gettext

from app.rules.time_limits import read_limit


def limit_words(written: str) -> str:
    """Say a limit in words; nothing for none."""
    if not written:
        return ""
    limit = read_limit(written)
    return str(gettext(f"rules.unit_{limit.unit}", count=limit.amount))
