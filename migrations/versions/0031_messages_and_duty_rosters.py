"""The outbox of messages with its texts, and the units' duty rosters."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0031_messages_and_duty_rosters"
down_revision = "0030_fields_kinds_places"
branch_labels = None
depends_on = None

OCCASIONS = (
    "ticket_opened", "ticket_dispatched", "ticket_designated", "return_agreed", "return_refused",
    "time_agreed", "time_refused", "ticket_suspended", "clock_nearly_due", "clock_ran_out",
    "urged", "supplemented", "supervised", "result_sent_back", "result_approved",
    "ticket_sent_again", "ticket_merged", "ticket_withdrawn", "escalated",
)  # fmt: skip
RECIPIENTS = ("caller", "unit", "unit_leader", "on_duty")
WAYS = ("sms", "im", "email", "voice")
STATES = ("waiting", "sending", "sent", "dead", "given_up", "withheld")
PARTS = ("first", "second", "leader")


def _word(name: str, kind: str, words: tuple[str, ...]) -> sa.Column:  # type: ignore[type-arg]
    enum = sa.Enum(*words, name=kind, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, enum, nullable=False)


def _text(name: str, length: int) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length), nullable=False)


def _id(name: str, target: str = "", *, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    keys = [sa.ForeignKey(f"{target}.id")] if target else []
    return sa.Column(name, sa.Integer, *keys, nullable=nullable, primary_key=not target)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, Moment, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "messages",
        _id("id"),
        _text("once_key", 160),
        _text("key", 36),
        _word("occasion", "occasion", OCCASIONS),
        _word("recipient", "recipient", RECIPIENTS),
        _word("way", "way", WAYS),
        _id("ticket_id", "tickets", nullable=True),
        _id("unit_id", "units", nullable=True),
        _text("recipient_name", 64),
        _text("address", 128),
        _text("language", 8),
        _text("template", 48),
        _text("subject", 200),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("is_urgent", sa.Boolean, nullable=False),
        _word("state", "messagestate", STATES),
        _text("reason", 48),
        _moment("made_at"),
        _moment("due_at"),
        _moment("expires_at"),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("lease", 32),
        _moment("lease_until", nullable=True),
        _moment("sent_at", nullable=True),
        sa.UniqueConstraint("once_key"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_messages_state_way_due_at", "messages", ["state", "way", "due_at"])
    op.create_index("ix_messages_ticket_id", "messages", ["ticket_id"])
    op.create_index("ix_messages_address", "messages", ["address"])
    op.create_table(
        "message_tries",
        _id("id"),
        _id("message_id", "messages"),
        sa.Column("nth", sa.Integer, nullable=False),
        _moment("at"),
        _text("provider", 32),
        _text("outcome", 48),
        _text("detail", 16),
    )
    op.create_index("ix_message_tries_message_id", "message_tries", ["message_id"])
    op.create_table(
        "message_texts",
        _id("id"),
        _text("template", 48),
        _text("language", 8),
        _text("subject", 100),
        _text("body", 1000),
        _moment("valid_from"),
        _id("set_by", "users", nullable=True),
        sa.UniqueConstraint("template", "language", "valid_from"),
    )
    op.create_table(
        "simulated_messages",
        sa.Column("key", sa.String(36), primary_key=True),
        _word("way", "way", WAYS),
        _text("address", 128),
        _text("subject", 200),
        sa.Column("body", sa.Text, nullable=False),
        _moment("first_at"),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_index("ix_simulated_messages_first_at", "simulated_messages", ["first_at"])
    op.create_table(
        "duty_persons",
        _id("id"),
        _id("unit_id", "units"),
        _text("name", 40),
        _text("number", 32),
        _text("email", 128),
        _text("locale", 8),
        _moment("removed_at", nullable=True),
    )
    op.create_index("ix_duty_persons_unit_id", "duty_persons", ["unit_id"])
    op.create_table(
        "duty_spells",
        _id("id"),
        _id("unit_id", "units"),
        _id("person_id", "duty_persons"),
        _word("part", "dutypart", PARTS),
        _moment("begins_at"),
        _moment("ends_at"),
        _id("planned_by", "users"),
    )
    op.create_index("ix_duty_spells_person_id", "duty_spells", ["person_id"])
    op.create_index("ix_duty_spells_unit_id_ends_at", "duty_spells", ["unit_id", "ends_at"])


def downgrade() -> None:
    for table in (
        "duty_spells", "duty_persons", "simulated_messages", "message_texts", "message_tries",
        "messages",
    ):  # fmt: skip
        op.drop_table(table)
