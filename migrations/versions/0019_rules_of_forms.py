"""Exclusions, words that hurry, the pinyin of categories, and addresses learnt from tickets."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0019_rules_of_forms"
down_revision = "0018_what_forms_carry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "categories",
        sa.Column("pinyin", sa.String(length=128), nullable=False, server_default=""),
    )
    op.create_table(
        "exclusions",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("treatment", sa.String(length=16), nullable=False),
        sa.Column("told_where", sa.String(length=200), nullable=False),
        sa.Column("told_words", sa.String(length=1000), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_exclusions")),
    )
    op.create_table(
        "urgency_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgency_words")),
        sa.UniqueConstraint("word", "valid_from", name=op.f("uq_urgency_words_word_valid_from")),
    )
    op.create_table(
        "learnt_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=16), nullable=False),
        sa.Column("town_code", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code"], ["regions.code"], name=op.f("fk_learnt_places_county_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_places")),
        sa.UniqueConstraint(
            "county_code", "town_code", "address", name=op.f("uq_learnt_places_county_code_town_code_address")
        ),
    )


def downgrade() -> None:
    op.drop_table("learnt_places")
    op.drop_table("urgency_words")
    op.drop_table("exclusions")
    op.drop_column("categories", "pinyin")
