"""Calls with more than two: parties, spells, transfers, outcomes owed, and how a call ended."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0009_call_control"
down_revision = "0008_routing_and_presence"
branch_labels = None
depends_on = None

OLD_STATES = ("intake", "waiting", "ringing", "talking", "reconnecting", "alone", "ended")
STATES = (
    "intake", "waiting", "ringing", "calling", "talking", "held", "transferring", "handed_over",
    "reconnecting", "alone", "ended",
)
NEW_STATES = ", ".join(f"'{state}'" for state in STATES if state not in OLD_STATES)
RESULTS = (
    "answered", "abandoned", "short", "refused", "announced", "dropped", "not_reached",
)
ROLES = ("agent", "consulted", "transferred_to", "supervisor", "citizen")
TRANSFER_STATES = (
    "wished", "ringing", "asked", "taken", "not_answered", "returned", "withdrawn", "refused",
)


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def change_words(table: str, checks: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Give columns other words."""
    with op.batch_alter_table(table) as batch:
        for name, (column, words) in checks.items():
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.create_check_constraint(
                op.f(f"ck_{table}_{name}"), sa.column(column).in_(words)
            )


def upgrade() -> None:
    op.add_column(
        "calls", sa.Column("direction", sa.String(32), server_default="in", nullable=False)
    )
    op.add_column("calls", sa.Column("result", sa.String(32), nullable=True))
    op.execute(
        "UPDATE calls SET result = CASE WHEN talk_started_at IS NOT NULL THEN 'answered' "
        "WHEN ended_by = 'caller' THEN 'abandoned' ELSE 'dropped' END WHERE state = 'ended'"
    )
    change_words("calls", {"callstate": ("state", STATES)})
    with op.batch_alter_table("calls") as calls:
        calls.create_check_constraint(
            op.f("ck_calls_direction"), sa.column("direction").in_(("in", "out"))
        )
        calls.create_check_constraint(op.f("ck_calls_callresult"), sa.column("result").in_(RESULTS))
    change_words("call_state_changes", {"old": ("old", STATES), "new": ("new", STATES)})

    op.add_column("call_orders", sa.Column("outcome_due", Moment(), nullable=True))
    op.add_column("call_orders", sa.Column("outcome_at", Moment(), nullable=True))
    op.add_column(
        "call_orders",
        sa.Column("is_alarmed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(op.f("ix_call_orders_outcome_due"), "call_orders", ["outcome_due"])

    with op.batch_alter_table("call_legs") as legs:
        legs.add_column(sa.Column("role", sa.String(32), server_default="agent", nullable=False))
        legs.add_column(
            sa.Column("is_outside", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        legs.add_column(sa.Column("order_id", sa.Integer(), nullable=True))
        legs.add_column(sa.Column("took_over_at", Moment(), nullable=True))
        legs.create_foreign_key(
            op.f("fk_call_legs_order_id"), "call_orders", ["order_id"], ["id"]
        )
        legs.create_check_constraint(op.f("ck_call_legs_legrole"), sa.column("role").in_(ROLES))

    op.create_table(
        "call_spells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            word("spellkind", "hold", "mute", "recording_pause", "supervision"),
            nullable=False,
        ),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_spells_call_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_call_spells_agent_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["call_orders.id"], name=op.f("fk_call_spells_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_spells")),
        sa.UniqueConstraint(
            "call_id",
            "kind",
            "phone",
            "began_at",
            name=op.f("uq_call_spells_call_id_kind_phone_began_at"),
        ),
    )
    op.create_table(
        "call_transfers",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", word("transferkind", "cold", "warm", "three_party"), nullable=False),
        sa.Column("state", word("transferstate", *TRANSFER_STATES), nullable=False),
        sa.Column("from_agent_id", sa.Integer(), nullable=True),
        sa.Column("to_agent_id", sa.Integer(), nullable=True),
        sa.Column("to_entry", sa.String(32), nullable=True),
        sa.Column("address", sa.String(32), nullable=False),
        sa.Column("wished_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_transfers_call_id")),
        sa.ForeignKeyConstraint(
            ["from_agent_id"], ["users.id"], name=op.f("fk_call_transfers_from_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_agent_id"], ["users.id"], name=op.f("fk_call_transfers_to_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["call_orders.id"], name=op.f("fk_call_transfers_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_call_transfers")),
    )
    op.create_index(op.f("ix_call_transfers_call_id"), "call_transfers", ["call_id"])


def downgrade() -> None:
    op.drop_table("call_transfers")
    op.drop_table("call_spells")
    _drop("call_legs", "order_id", "took_over_at", "is_outside", "role", key="fk_call_legs_order_id")
    op.drop_index(op.f("ix_call_orders_outcome_due"), table_name="call_orders")
    for name in ("is_alarmed", "outcome_at", "outcome_due"):
        op.drop_column("call_orders", name)
    for column in ("old", "new"):
        op.execute(
            f"UPDATE call_state_changes SET {column} = 'talking' WHERE {column} IN ({NEW_STATES})"
        )
    op.execute(f"UPDATE calls SET state = 'talking' WHERE state IN ({NEW_STATES})")
    with op.batch_alter_table("calls") as batch:
        for name in ("direction", "callresult"):
            batch.drop_constraint(op.f(f"ck_calls_{name}"), type_="check")
    change_words("calls", {"callstate": ("state", OLD_STATES)})
    change_words(
        "call_state_changes", {"old": ("old", OLD_STATES), "new": ("new", OLD_STATES)}
    )
    op.drop_column("calls", "result")
    op.drop_column("calls", "direction")


def _drop(table: str, *columns: str, key: str) -> None:
    with op.batch_alter_table(table, recreate="auto") as batch:
        batch.drop_constraint(op.f("ck_call_legs_legrole"), type_="check")
        batch.drop_constraint(key, type_="foreignkey")
        for column in columns:
            batch.drop_column(column)
