"""Draw what an agent's states may become: `python -m scripts.draw_states` writes the document."""

from pathlib import Path

from app.call_queue.presence_states import MOVES, PAUSE_EXITS, WAITING_EXITS, PresenceState

DRAWN = Path(__file__).resolve().parent.parent / "docs" / "presence-states.md"

HEAD = """# What an agent may be doing, and what may follow

Drawn from `app/call_queue/presence_states.py` by `python -m scripts.draw_states`.
A test sees that it is current.

A state with a deadline is never entered without one, and goes to its exit by itself.
"""


def drawn() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, *_diagram(), "", *_deadlines(), ""])


def _diagram() -> list[str]:
    moves = [
        f"    {old} --> {new}{_label(old, new)}"
        for old in PresenceState
        for new in sorted(MOVES[old])
    ]
    return [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {PresenceState.SIGNED_OUT}",
        *moves,
        "```",
    ]


def _label(old: PresenceState, new: PresenceState) -> str:
    return ": deadline" if WAITING_EXITS.get(old) is new else ""


def _deadlines() -> list[str]:
    rows = [f"| `{state}` | `{exit_to}` |" for state, exit_to in WAITING_EXITS.items()]
    pauses = [
        f"| `{PresenceState.NOT_READY}` because of `{reason}` | `{exit_to}` |"
        for reason, exit_to in PAUSE_EXITS.items()
    ]
    others = f"`{PresenceState.NOT_READY}` for any other reason with a limit"
    told = f"| {others} | stays; supervisors are told |"
    return ["| When the deadline of this passes | it becomes |", "|---|---|", *rows, *pauses, told]


if __name__ == "__main__":
    DRAWN.write_text(drawn(), encoding="utf-8")
