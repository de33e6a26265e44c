"""What is said of an exclusion is dated: a code may have several rows, each with its time."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0028_exclusions_have_versions"
down_revision = "0027_forced_states_are_told"
branch_labels = None
depends_on = None

TEXTS = (
    ("code", 8),
    ("name_zh", 64),
    ("name_en", 64),
    ("treatment", 16),
    ("told_where", 200),
    ("told_words", 1000),
    ("basis", 200),
)
NAMES = (*(name for name, _ in TEXTS), "position", "valid_from", "valid_until")


def _columns() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in TEXTS),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
    ]


exclusions = sa.table("exclusions", *(sa.column(each.name, each.type) for each in _columns()))


def _rows() -> list[dict[str, object]]:
    asked = sa.select(exclusions).order_by(exclusions.c.valid_from)
    return [dict(row._mapping) for row in op.get_bind().execute(asked)]  # noqa: SLF001 - its API


def upgrade() -> None:
    rows = _rows()
    op.drop_table("exclusions")
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusions")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_exclusions_code_valid_from")),
    )
    op.bulk_insert(exclusions, rows)


def downgrade() -> None:
    # The older program knows one row for each code: the newest words stay.
    newest = {str(row["code"]): row for row in _rows()}
    op.drop_table("exclusions")
    op.create_table(
        "exclusions",
        *_columns(),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_exclusions")),
    )
    op.bulk_insert(exclusions, list(newest.values()))
