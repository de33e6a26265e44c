"""Callers are told that the hotline will answer them; its own name is dated; contractors' people."""

import sqlalchemy as sa
from alembic import op

revision = "0063_rulings"
down_revision = "0062_records_end"
branch_labels = None
depends_on = None

OCCASIONS = (
    "ticket_opened", "ticket_dispatched", "ticket_designated", "return_agreed", "return_refused",
    "time_agreed", "time_refused", "ticket_suspended", "clock_nearly_due", "clock_ran_out",
    "urged", "supplemented", "supervised", "result_sent_back", "result_approved",
    "ticket_sent_again", "ticket_merged", "ticket_withdrawn", "escalated",
    "unit_called_in", "text_answered", "text_made_ticket", "entries_behind", "hot_matter",
)  # fmt: skip
ANSWER = "answer_comes"
CHECK = "ck_messages_occasion"


def upgrade() -> None:
    _words((*OCCASIONS, ANSWER))
    op.create_table(
        "brand_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=32), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("logo", sa.LargeBinary()),
        sa.Column("logo_sha256", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_versions")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_brand_versions_valid_from")),
    )
    op.create_index(op.f("ix_brand_versions_logo_sha256"), "brand_versions", ["logo_sha256"])
    mark = sa.Column("is_outsourced", sa.Boolean(), nullable=False, server_default=sa.false())
    with op.batch_alter_table("users") as table:
        table.add_column(mark)
    # Who had the role of a contractor's agent works for one.
    users = sa.table("users", sa.column("role"), sa.column("is_outsourced", sa.Boolean()))
    of_contractor = users.c.role == "outsourced_agent"
    op.execute(users.update().where(of_contractor).values(is_outsourced=True))
    with op.batch_alter_table("users") as table:
        table.alter_column("is_outsourced", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("users") as table:
        table.drop_column("is_outsourced")
    op.drop_index(op.f("ix_brand_versions_logo_sha256"), "brand_versions")
    op.drop_table("brand_versions")
    # What the older shape has no word for goes.
    messages = sa.table("messages", sa.column("id"), sa.column("occasion"))
    tries = sa.table("message_tries", sa.column("message_id"))
    gone = sa.select(messages.c.id).where(messages.c.occasion == ANSWER)
    op.execute(tries.delete().where(tries.c.message_id.in_(gone)))
    op.execute(messages.delete().where(messages.c.occasion == ANSWER))
    _words(OCCASIONS)


def _words(occasions: tuple[str, ...]) -> None:
    with op.batch_alter_table("messages") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), sa.column("occasion").in_(occasions))
