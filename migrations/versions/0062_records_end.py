"""Records come to their end: holds on tickets, rounds that delete, files to be taken away.

The words that somebody typed when he looked through results go out of the lines of the audit that
are there already; no mark is made of them here, since that takes the secret of the installation.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0062_records_end"
down_revision = "0061_calendar_versions"
branch_labels = None
depends_on = None

STILL_KEPT = "ix_tickets_still_kept"
# What else a search of results can be narrowed by: typed words end where one of these begins.
TYPED = re.compile(
    r"(?:^|(?<= ))text=(.*?)(?=$| (?:channel|request_type|county|state|opened_from|opened_until)=)"
)
AT_ONCE = 1000
# By these a round asks what else has a call, and what copied a reply.
ASKED_BY = (("ticket_results", "copied_from_id"), ("visits", "call_id"), ("follow_ups", "call_id"))


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("tickets", sa.Column("erased_at", moment))
    op.create_index(
        STILL_KEPT, "tickets", ["closed_at", "id"],
        postgresql_where=sa.text("erased_at IS NULL"),
        sqlite_where=sa.text("erased_at IS NULL"),
    )
    for table, column in ASKED_BY:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "ticket_holds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("until", moment),
        sa.Column("set_by", sa.Integer, nullable=False),
        sa.Column("set_at", moment, nullable=False),
        sa.Column("lift_reason", sa.String(500), nullable=False),
        sa.Column("lifted_by", sa.Integer),
        sa.Column("lifted_at", moment),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"]),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["users.id"]),
    )
    op.create_index("ix_ticket_holds_ticket_id", "ticket_holds", ["ticket_id"])
    op.create_table(
        "attachment_deletions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("path", sa.String(160), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("wished_at", moment, nullable=False),
        sa.Column("done_at", moment),
    )
    op.create_index("ix_attachment_deletions_done_at", "attachment_deletions", ["done_at"])
    op.create_table(
        "deletion_rounds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_class", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("keep_days", sa.Integer, nullable=False),
        sa.Column("rule_from", moment, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("before", moment, nullable=False),
        sa.Column("deleted", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("touched_at", moment, nullable=False),
        sa.Column("finished_at", moment),
        sa.UniqueConstraint("record_class", "day"),
    )
    _hide_typed_words()


def downgrade() -> None:
    """What was deleted and hidden stays so; holds are lost, since the older shape has none."""
    for table, column in ASKED_BY:
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_table("deletion_rounds")
    op.drop_table("attachment_deletions")
    op.drop_table("ticket_holds")
    op.drop_index(STILL_KEPT, "tickets")
    op.drop_column("tickets", "erased_at")


def _hide_typed_words() -> None:
    lines = sa.table(
        "audit_lines", sa.column("id", sa.Integer), sa.column("kind", sa.String),
        sa.column("data", sa.JSON),
    )
    bind, last = op.get_bind(), 0
    while True:
        wanted = sa.select(lines.c.id, lines.c.data).where(
            lines.c.kind == "results.listed", lines.c.id > last
        )
        found = bind.execute(wanted.order_by(lines.c.id).limit(AT_ONCE)).all()
        for line_id, data in found:
            asked = str(data.get("asked", ""))
            hidden = TYPED.sub("text=\u25cb", asked)
            if hidden != asked:
                changed = lines.update().where(lines.c.id == line_id)
                bind.execute(changed.values(data={**data, "asked": hidden}))
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]
