"""Tickets carry flags (risk, sensitive, group) and tags of a list that the city keeps."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Json, Moment

revision = "0046_flags_and_tags"
down_revision = "0045_who_and_how_urgent"
branch_labels = None
depends_on = None

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
BEFORE = "wrap_up break forced freed skill defect visit_exclusion return_reason time_reason".split()
TAGS = {
    "flood_season": ("汛期", "Flood season"),
    "exam_season": ("中高考", "Examinations"),
    "wage_arrears": ("欠薪", "Unpaid wages"),
    "prepaid_card": ("预付卡", "Prepaid cards"),
    "unfinished_homes": ("问题楼盘", "Unfinished homes"),
}
entries = sa.table(
    "code_entries",
    sa.column("code_list"), sa.column("code"), sa.column("name_zh"), sa.column("name_en"),
    sa.column("position"), sa.column("valid_from", Moment),
)  # fmt: skip


def upgrade() -> None:
    """Add both columns, and the list with what a city may begin with."""
    for name in ("flags", "tags"):
        op.add_column("tickets", sa.Column(name, Json(), nullable=False, server_default="[]"))
    _lists_are([*BEFORE, "tag"])
    for place, (code, (name_zh, name_en)) in enumerate(TAGS.items(), start=1):
        op.execute(
            entries.insert().values(
                code_list="tag", code=code, name_zh=name_zh, name_en=name_en,
                position=place * 10, valid_from=SINCE,
            )
        )  # fmt: skip


def downgrade() -> None:
    """Take them back."""
    op.execute(entries.delete().where(entries.c.code_list == "tag"))
    _lists_are(BEFORE)
    with op.batch_alter_table("tickets") as table:
        for name in ("tags", "flags"):
            table.drop_column(name)


def _lists_are(lists: list[str]) -> None:
    with op.batch_alter_table("code_entries") as table:
        table.drop_constraint(op.f("ck_code_entries_codelist"), type_="check")
        table.create_check_constraint(
            op.f("ck_code_entries_codelist"), sa.column("code_list").in_(lists)
        )
