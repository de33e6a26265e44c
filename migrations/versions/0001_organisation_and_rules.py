"""Regions, units, categories and wrap-up codes."""

import sqlalchemy as sa
from alembic import op

revision = "0001_organisation_and_rules"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables that every other room points at."""
    op.create_table(
        "regions",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("parent_code", sa.String(16), nullable=True),
        sa.Column("administered_by_code", sa.String(16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["regions.code"], name=op.f("fk_regions_parent_code")
        ),
        sa.ForeignKeyConstraint(
            ["administered_by_code"], ["regions.code"], name=op.f("fk_regions_administered_by_code")
        ),
        sa.CheckConstraint(
            "level IN ('city', 'county', 'functional_area', 'town')",
            name=op.f("ck_regions_regionlevel"),
        ),
    )
    op.create_index(op.f("ix_regions_parent_code"), "regions", ["parent_code"])
    op.create_index(op.f("ix_regions_administered_by_code"), "regions", ["administered_by_code"])

    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("region_code", sa.String(16), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_units_region_code")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.CheckConstraint(
            "kind IN ('city_bureau', 'county', 'functional_area', 'town', 'utility', 'hotline',"
            " 'sub_centre')",
            name=op.f("ck_units_unitkind"),
        ),
    )
    op.create_index(op.f("ix_units_region_code"), "units", ["region_code"])
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"])

    op.create_table(
        "categories",
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("parent_code", sa.String(8), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("initials", sa.String(64), nullable=False),
        sa.Column("default_unit_code", sa.String(32), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_categories")),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["categories.code"], name=op.f("fk_categories_parent_code")
        ),
        sa.ForeignKeyConstraint(
            ["default_unit_code"], ["units.code"], name=op.f("fk_categories_default_unit_code")
        ),
    )
    op.create_index(op.f("ix_categories_parent_code"), "categories", ["parent_code"])

    op.create_table(
        "wrap_up_codes",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name_zh", sa.String(64), nullable=False),
        sa.Column("name_en", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_wrap_up_codes")),
    )


def downgrade() -> None:
    """Take them away again, children first."""
    op.drop_table("wrap_up_codes")
    op.drop_index(op.f("ix_categories_parent_code"), table_name="categories")
    op.drop_table("categories")
    op.drop_index(op.f("ix_units_parent_id"), table_name="units")
    op.drop_index(op.f("ix_units_region_code"), table_name="units")
    op.drop_table("units")
    op.drop_index(op.f("ix_regions_administered_by_code"), table_name="regions")
    op.drop_index(op.f("ix_regions_parent_code"), table_name="regions")
    op.drop_table("regions")
