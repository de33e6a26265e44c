"""Whoever wrote is answered by the outbox; carriers report what became of a message."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0041_replies_and_reports"
down_revision = "0040_when_a_call_suits"
branch_labels = None
depends_on = None

OCCASIONS = (
    "ticket_opened", "ticket_dispatched", "ticket_designated", "return_agreed", "return_refused",
    "time_agreed", "time_refused", "ticket_suspended", "clock_nearly_due", "clock_ran_out",
    "urged", "supplemented", "supervised", "result_sent_back", "result_approved",
    "ticket_sent_again", "ticket_merged", "ticket_withdrawn", "escalated",
)  # fmt: skip
MORE_OCCASIONS = ("unit_called_in", "text_answered", "text_made_ticket")
RECIPIENTS = ("caller", "unit", "unit_leader", "on_duty")
WAYS = ("sms", "im", "email", "voice")
STATES = ("waiting", "sending", "sent", "dead", "given_up", "withheld")
TEXT = {"nullable": False, "server_default": ""}


def upgrade() -> None:
    _words(
        (*OCCASIONS, *MORE_OCCASIONS), (*RECIPIENTS, "sender"), (*WAYS, "site"),
        (*STATES, "delivered"),
    )  # fmt: skip
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("channel", sa.String(32), **TEXT))
        table.add_column(sa.Column("reply_to", sa.String(64), **TEXT))
        table.add_column(sa.Column("delivered_at", Moment, nullable=True))
    with op.batch_alter_table("messages") as table:
        table.alter_column("channel", existing_type=sa.String(32), server_default=None)
        table.alter_column("reply_to", existing_type=sa.String(64), server_default=None)
    with op.batch_alter_table("message_tries") as table:
        table.add_column(sa.Column("key", sa.String(36), **TEXT))
        table.create_index("ix_message_tries_key", ["key"])
    with op.batch_alter_table("message_tries") as table:
        table.alter_column("key", existing_type=sa.String(36), server_default=None)
    with op.batch_alter_table("message_lines") as table:
        table.add_column(sa.Column("outbox_id", sa.Integer, nullable=True))
        table.create_foreign_key(
            op.f("fk_message_lines_outbox_id_messages"), "messages", ["outbox_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_message_lines_outbox_id"), ["outbox_id"])


def downgrade() -> None:
    with op.batch_alter_table("message_lines") as table:
        table.drop_constraint(op.f("uq_message_lines_outbox_id"), type_="unique")
        table.drop_constraint(op.f("fk_message_lines_outbox_id_messages"), type_="foreignkey")
        table.drop_column("outbox_id")
    with op.batch_alter_table("message_tries") as table:
        table.drop_index("ix_message_tries_key")
        table.drop_column("key")
    # What the older shape has no word for: replies go, what arrived was sent.
    messages = sa.table("messages", sa.column("id"), sa.column("occasion"), sa.column("state"))
    tries = sa.table("message_tries", sa.column("message_id"))
    simulated = sa.table("simulated_messages", sa.column("way"))
    gone = sa.select(messages.c.id).where(messages.c.occasion.in_(MORE_OCCASIONS))
    op.execute(tries.delete().where(tries.c.message_id.in_(gone)))
    op.execute(messages.delete().where(messages.c.occasion.in_(MORE_OCCASIONS)))
    op.execute(messages.update().where(messages.c.state == "delivered").values(state="sent"))
    op.execute(simulated.delete().where(simulated.c.way == "site"))
    with op.batch_alter_table("messages") as table:
        table.drop_column("delivered_at")
        table.drop_column("reply_to")
        table.drop_column("channel")
    _words(OCCASIONS, RECIPIENTS, WAYS, STATES)


def _words(
    occasions: tuple[str, ...],
    recipients: tuple[str, ...],
    ways: tuple[str, ...],
    states: tuple[str, ...],
) -> None:
    checks = (
        ("messages", "occasion", "occasion", occasions),
        ("messages", "recipient", "recipient", recipients),
        ("messages", "way", "way", ways),
        ("messages", "messagestate", "state", states),
        ("simulated_messages", "way", "way", ways),
    )
    for name, check, column, words in checks:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_{check}"), type_="check")
            table.create_check_constraint(op.f(f"ck_{name}_{check}"), sa.column(column).in_(words))
