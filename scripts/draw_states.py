"""Draw what states may become: `python -m scripts.draw_states` writes both documents."""

from pathlib import Path

from app.call_queue.presence_states import MOVES, PAUSE_EXITS, WAITING_EXITS, PresenceState
from app.rules.rule_book import ReviewGate
from app.tickets.intake_gate import first_state
from app.tickets.ticket_moves import TABLE, Move
from app.tickets.ticket_states import EntryMode, TicketState

DOCS = Path(__file__).resolve().parent.parent / "docs"

PRESENCE_HEAD = """# What an agent may be doing, and what may follow

Drawn from `app/call_queue/presence_states.py` by `python -m scripts.draw_states`.
A test sees that it is current.

A state with a deadline is never entered without one, and goes to its exit by itself.
"""

TICKET_HEAD = """# What may be done with a ticket, by whom, and what it does to the clocks

Drawn from `app/tickets/ticket_moves.py` by `python -m scripts.draw_states`.
A test sees that it is current.

The citizen's own clock runs from the end of his call until he has heard the reply: no move stops
it.
"""

REVIEW_SAID = {
    None: "",
    True: " while its review is owed",
    False: " when no review is owed",
}


def presences_drawn() -> str:
    """Return the whole document of an agent's states."""
    return "\n".join([PRESENCE_HEAD, *_presence_diagram(), "", *_deadlines(), ""])


def tickets_drawn() -> str:
    """Return the whole document of a ticket's states."""
    return "\n".join([TICKET_HEAD, *_ticket_diagram(), "", *_ticket_table(), ""])


def documents() -> dict[Path, str]:
    """Return every document that is drawn, and where it stands."""
    return {
        DOCS / "presence-states.md": presences_drawn(),
        DOCS / "ticket-moves.md": tickets_drawn(),
    }


def _presence_diagram() -> list[str]:
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


def _ticket_diagram() -> list[str]:
    moves = [f"    {old} --> {move.new}: {move.act}" for move in TABLE for old in sorted(move.old)]
    begins = [f"    [*] --> {state}" for state in sorted(_first_states())]
    return ["```mermaid", "stateDiagram-v2", *begins, *moves, "```"]


def _first_states() -> set[TicketState]:
    return {
        first_state(mode, is_channels_own=own, is_urgent=False, gate=gate)
        for mode in EntryMode
        for own in (False, True)
        for gate in ReviewGate
    }


def _ticket_table() -> list[str]:
    head = ["| Act | From | To | By | Carries | Clocks |", "|---|---|---|---|---|---|"]
    return [*head, *(_ticket_row(move) for move in TABLE)]


def _ticket_row(move: Move) -> str:
    clocks = ", ".join(f"{effect} {clock}" for clock, effect in move.clocks.items())
    cells = (
        f"`{move.act}`",
        ", ".join(f"`{old}`" for old in sorted(move.old)),
        f"`{move.new}`{REVIEW_SAID[move.owes_review]}",
        ", ".join(sorted(move.by)),
        ", ".join(move.carries),
        clocks,
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


if __name__ == "__main__":
    for place, text in documents().items():
        place.write_text(text, encoding="utf-8")
