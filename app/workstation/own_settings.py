"""How a person has set up his desk: kept on the server, so that it is the same on every machine."""

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.database import db
from app.core.errors import Invalid
from app.core.facts import agent_audience, record_fact
from app.workstation.desk_choices import read_choices
from app.workstation.models import DeskSettings


class ChoiceNotOffered(Invalid):
    """A choice that no desk offers, or two acts on one key."""

    code = "choice-not-offered"


def settings_of(agent_id: int) -> dict[str, Any]:
    """Return the person's choices over the defaults."""
    row = db.session.get(DeskSettings, agent_id)
    kept, _ = read_choices(row.body if row is not None else {})
    return kept


def save_settings(agent_id: int, asked: Mapping[str, Any]) -> None:
    """Keep what the person chose; his open pages hear of it. Raises ChoiceNotOffered."""
    kept, wrong = read_choices(asked)
    if wrong:
        raise ChoiceNotOffered(field=wrong[0])
    at = clock.now()
    row = db.session.get(DeskSettings, agent_id, with_for_update=True)
    if row is None:
        db.session.add(DeskSettings(agent_id=agent_id, body=kept, saved_at=at))
    else:
        row.body, row.saved_at = kept, at
    record_fact(
        agent_audience(agent_id), name="desk.settings_changed", body={"settings": kept}, at=at
    )
