"""Legacy numbers, callers and the knowledge base."""

import sqlalchemy as sa
from alembic import op

revision = "0003_channels_callers_knowledge"
down_revision = "0002_accounts_and_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the register, the callers and the articles."""
    op.create_table(
        "legacy_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("owner_unit_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_numbers")),
        sa.UniqueConstraint("number", name=op.f("uq_legacy_numbers_number")),
        sa.ForeignKeyConstraint(
            ["owner_unit_id"], ["units.id"], name=op.f("fk_legacy_numbers_owner_unit_id")
        ),
        sa.CheckConstraint(
            "mode IN ('main', 'merged', 'dual_number', 'sub_centre')",
            name=op.f("ck_legacy_numbers_mergemode"),
        ),
    )
    op.create_index(op.f("ix_legacy_numbers_owner_unit_id"), "legacy_numbers", ["owner_unit_id"])

    op.create_table(
        "callers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callers")),
    )
    op.create_table(
        "caller_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("last_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_numbers")),
        sa.UniqueConstraint("caller_id", "number", name=op.f("uq_caller_numbers_caller_id_number")),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["callers.id"], name=op.f("fk_caller_numbers_caller_id")
        ),
    )
    op.create_index(op.f("ix_caller_numbers_number"), "caller_numbers", ["number"])

    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(128), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.String(8), nullable=True),
        sa.Column("legacy_numbers", sa.JSON(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("title", name=op.f("uq_articles_title")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_articles_unit_id")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["categories.code"], name=op.f("fk_articles_category_code")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'retired')", name=op.f("ck_articles_reviewstate")
        ),
    )
    op.create_index(op.f("ix_articles_unit_id"), "articles", ["unit_id"])

    op.create_table(
        "search_stamps",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_stamps")),
    )


def downgrade() -> None:
    """Take them away again, children first."""
    op.drop_table("search_stamps")
    op.drop_index(op.f("ix_articles_unit_id"), table_name="articles")
    op.drop_table("articles")
    op.drop_index(op.f("ix_caller_numbers_number"), table_name="caller_numbers")
    op.drop_table("caller_numbers")
    op.drop_table("callers")
    op.drop_index(op.f("ix_legacy_numbers_owner_unit_id"), table_name="legacy_numbers")
    op.drop_table("legacy_numbers")
