"""Results may say by which procedure of a law they came: mediation, enforcement (R17)."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0051_procedures_of_law"
down_revision = "0050_numbers_of_each_browser"
branch_labels = None
depends_on = None

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
BEFORE = (
    "wrap_up break forced freed skill defect visit_exclusion return_reason time_reason tag".split()
)
PROCEDURES = {
    "mediation": ("行政调解", "Administrative mediation"),
    "enforcement": ("执法办案", "Law enforcement"),
}
entries = sa.table(
    "code_entries",
    sa.column("code_list"), sa.column("code"), sa.column("name_zh"), sa.column("name_en"),
    sa.column("position"), sa.column("valid_from", Moment),
)  # fmt: skip


def upgrade() -> None:
    """Add the column, and the list with the two that the province names."""
    op.add_column(
        "ticket_results",
        sa.Column("procedure", sa.String(length=32), nullable=False, server_default=""),
    )
    _lists_are([*BEFORE, "procedure"])
    for place, (code, (name_zh, name_en)) in enumerate(PROCEDURES.items(), start=1):
        op.execute(
            entries.insert().values(
                code_list="procedure", code=code, name_zh=name_zh, name_en=name_en,
                position=place * 10, valid_from=SINCE,
            )
        )  # fmt: skip


def downgrade() -> None:
    """Take them back."""
    op.execute(entries.delete().where(entries.c.code_list == "procedure"))
    _lists_are(BEFORE)
    op.drop_column("ticket_results", "procedure")


def _lists_are(lists: list[str]) -> None:
    with op.batch_alter_table("code_entries") as table:
        table.drop_constraint(op.f("ck_code_entries_codelist"), type_="check")
        table.create_check_constraint(
            op.f("ck_code_entries_codelist"), sa.column("code_list").in_(lists)
        )
