"""Marks against misuse, what was decided, restrictions of three levels, appeals."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0035_misuse_by_procedure"
down_revision = "0034_lists_and_figures"
branch_labels = None
depends_on = None

MARKS = ("to_decide", "confirmed", "dismissed")
RESTRICTIONS = ("behind", "daily", "special")
APPEALS = ("open", "granted", "refused")


def _word(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "misuse_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", Moment(), nullable=False),
        sa.Column("warned_by", sa.Integer(), nullable=True),
        sa.Column("warned_at", Moment(), nullable=True),
        sa.Column("state", _word("markstate", MARKS), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_misuse_marks_call_id")),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_misuse_marks_{name}"))
            for name in ("decided_by", "marked_by", "warned_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misuse_marks")),
        sa.UniqueConstraint("call_id", name=op.f("uq_misuse_marks_call_id")),
    )
    op.create_index(op.f("ix_misuse_marks_number"), "misuse_marks", ["number"])
    op.create_index(op.f("ix_misuse_marks_state"), "misuse_marks", ["state"])
    with op.batch_alter_table("caller_restrictions") as table:
        table.add_column(
            sa.Column(
                "level", _word("restrictionlevel", RESTRICTIONS), nullable=False, server_default="behind"
            )
        )
        table.add_column(sa.Column("daily_limit", sa.Integer(), nullable=True))
        table.add_column(sa.Column("special_agent_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mark_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_caller_restrictions_special_agent_id"), "users", ["special_agent_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_caller_restrictions_mark_id"), "misuse_marks", ["mark_id"], ["id"]
        )
    with op.batch_alter_table("caller_restrictions") as table:
        table.alter_column(
            "level", existing_type=_word("restrictionlevel", RESTRICTIONS), server_default=None
        )
    op.create_index(op.f("ix_caller_restrictions_mark_id"), "caller_restrictions", ["mark_id"])
    op.create_table(
        "restriction_appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("restriction_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("state", _word("appealstate", APPEALS), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["restriction_id"],
            ["caller_restrictions.id"],
            name=op.f("fk_restriction_appeals_restriction_id"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["users.id"], name=op.f(f"fk_restriction_appeals_{name}")
            )
            for name in ("decided_by", "received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction_appeals")),
    )
    op.create_index(
        op.f("ix_restriction_appeals_restriction_id"), "restriction_appeals", ["restriction_id"]
    )


def downgrade() -> None:
    op.drop_table("restriction_appeals")
    op.drop_index(op.f("ix_caller_restrictions_mark_id"), "caller_restrictions")
    with op.batch_alter_table("caller_restrictions") as table:
        table.drop_constraint(op.f("fk_caller_restrictions_mark_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_caller_restrictions_special_agent_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_caller_restrictions_restrictionlevel"), type_="check")
        for name in ("mark_id", "special_agent_id", "daily_limit", "level"):
            table.drop_column(name)
    op.drop_table("misuse_marks")
