"""Three levels of privacy and anonymity, units kept out, who saw what, marks against misuse."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0032_who_saw_what"
down_revision = "0031_messages_and_duty_rosters"
branch_labels = None
depends_on = None

LEVELS = ("open", "ordinary", "confidential")
SUBJECTS = ("ticket", "caller", "call")
DEEDS = ("opened", "played", "printed", "exported", "unmasked")
REASONS = ("call_back", "dispatch", "same_person", "emergency", "law", "other")


def _word(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


tickets = sa.table(
    "tickets",
    sa.column("privacy", sa.String),
    sa.column("is_confidential", sa.Boolean),
)


def upgrade() -> None:
    _levels_of_tickets()
    op.create_table(
        "personal_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("viewer_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", _word("subjectkind", SUBJECTS), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("subject_name", sa.String(length=64), nullable=False),
        sa.Column("level", _word("privacylevel", LEVELS), nullable=True),
        sa.Column("deed", _word("deed", DEEDS), nullable=False),
        sa.Column("is_unmasked", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["viewer_id"], ["users.id"], name=op.f("fk_personal_views_viewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_views")),
    )
    op.create_index(op.f("ix_personal_views_at"), "personal_views", ["at"])
    op.create_index(
        "ix_personal_views_subject", "personal_views", ["subject_kind", "subject_id", "at"]
    )
    op.create_index("ix_personal_views_viewer", "personal_views", ["viewer_id", "at"])
    op.create_table(
        "unmaskings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", _word("subjectkind", SUBJECTS), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("reason_code", _word("unmaskreason", REASONS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_unmaskings_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmaskings")),
    )
    op.create_index(op.f("ix_unmaskings_by"), "unmaskings", ["by"])
    op.create_index(
        "ix_unmaskings_subject", "unmaskings", ["subject_kind", "subject_id", "until"]
    )


def _levels_of_tickets() -> None:
    with op.batch_alter_table("tickets") as table:
        table.add_column(
            sa.Column("privacy", sa.String(length=32), nullable=False, server_default="ordinary")
        )
        table.add_column(
            sa.Column("is_anonymous", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("respondent_unit_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_tickets_respondent_unit_id"), "units", ["respondent_unit_id"], ["id"]
        )
    op.execute(
        tickets.update().where(tickets.c.is_confidential).values({"privacy": "confidential"})
    )
    with op.batch_alter_table("tickets") as table:
        table.alter_column(
            "privacy",
            existing_type=sa.String(length=32),
            type_=_word("privacylevel", LEVELS),
            server_default=None,
        )
        table.alter_column("is_anonymous", existing_type=sa.Boolean(), server_default=None)
        table.drop_column("is_confidential")
    op.create_index(op.f("ix_tickets_privacy"), "tickets", ["privacy"])
    op.create_index(op.f("ix_tickets_respondent_unit_id"), "tickets", ["respondent_unit_id"])


def downgrade() -> None:
    op.drop_table("unmaskings")
    op.drop_table("personal_views")
    op.drop_index(op.f("ix_tickets_respondent_unit_id"), "tickets")
    op.drop_index(op.f("ix_tickets_privacy"), "tickets")
    with op.batch_alter_table("tickets") as table:
        table.add_column(
            sa.Column("is_confidential", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        tickets.update()
        .where(tickets.c.privacy == "confidential")
        .values({"is_confidential": True})
    )
    with op.batch_alter_table("tickets") as table:
        table.alter_column("is_confidential", existing_type=sa.Boolean(), server_default=None)
        table.drop_constraint(op.f("fk_tickets_respondent_unit_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_tickets_privacylevel"), type_="check")
        table.drop_column("respondent_unit_id")
        table.drop_column("is_anonymous")
        table.drop_column("privacy")
