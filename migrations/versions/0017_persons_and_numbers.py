"""Persons who call: merged, split, forgotten; their contact numbers; who was chosen on a call."""

import sqlalchemy as sa
from alembic import op

revision = "0017_persons_and_numbers"
down_revision = "0016_door_reasons"
branch_labels = None
depends_on = None

LANGUAGES = ("mandarin", "hakka", "cantonese", "english")


def upgrade() -> None:
    with op.batch_alter_table("callers") as table:
        table.add_column(sa.Column("language", sa.String(32), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_callers_merged_into_id"), "callers", ["merged_into_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_callers_spokenlanguage"), sa.column("language").in_(LANGUAGES)
        )
    op.create_index(op.f("ix_callers_merged_into_id"), "callers", ["merged_into_id"])
    op.add_column(
        "caller_numbers", sa.Column("extension", sa.String(8), nullable=False, server_default="")
    )
    op.add_column(
        "caller_numbers",
        sa.Column("is_contact", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "person_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_changes")),
        sa.ForeignKeyConstraint(["kept_id"], ["callers.id"], name=op.f("fk_person_changes_kept_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["callers.id"], name=op.f("fk_person_changes_other_id")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_person_changes_done_by")),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["users.id"], name=op.f("fk_person_changes_undone_by")
        ),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_person_changes_changekind")),
    )
    op.create_index(op.f("ix_person_changes_kept_id"), "person_changes", ["kept_id"])
    op.create_index(op.f("ix_person_changes_other_id"), "person_changes", ["other_id"])
    op.create_table(
        "caller_forgettings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_forgettings")),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["callers.id"], name=op.f("fk_caller_forgettings_caller_id")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["users.id"], name=op.f("fk_caller_forgettings_done_by")
        ),
    )
    op.create_index(op.f("ix_caller_forgettings_caller_id"), "caller_forgettings", ["caller_id"])
    with op.batch_alter_table("calls") as table:
        table.add_column(sa.Column("caller_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_calls_caller_id"), "callers", ["caller_id"], ["id"])
    op.create_index(op.f("ix_calls_caller_id"), "calls", ["caller_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_calls_caller_id"), table_name="calls")
    with op.batch_alter_table("calls") as table:
        table.drop_constraint(op.f("fk_calls_caller_id"), type_="foreignkey")
        table.drop_column("caller_id")
    op.drop_index(op.f("ix_caller_forgettings_caller_id"), table_name="caller_forgettings")
    op.drop_table("caller_forgettings")
    op.drop_index(op.f("ix_person_changes_other_id"), table_name="person_changes")
    op.drop_index(op.f("ix_person_changes_kept_id"), table_name="person_changes")
    op.drop_table("person_changes")
    op.drop_column("caller_numbers", "is_contact")
    op.drop_column("caller_numbers", "extension")
    op.drop_index(op.f("ix_callers_merged_into_id"), table_name="callers")
    with op.batch_alter_table("callers") as table:
        table.drop_constraint(op.f("ck_callers_spokenlanguage"), type_="check")
        table.drop_constraint(op.f("fk_callers_merged_into_id"), type_="foreignkey")
        table.drop_column("forgotten_at")
        table.drop_column("merged_into_id")
        table.drop_column("version")
        table.drop_column("language")
