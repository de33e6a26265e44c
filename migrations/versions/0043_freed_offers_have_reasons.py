"""Why a call is taken back from a phone that rings, as a list of codes."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0043_freed_offers_have_reasons"
down_revision = "0042_lists_by_index_alone"
branch_labels = None
depends_on = None

LISTS = (
    "wrap_up", "break", "forced", "skill", "defect", "visit_exclusion", "return_reason",
    "time_reason",
)  # fmt: skip
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
REASONS = (
    ("not_at_desk", "话务员暂时离席", "Not at the desk just now"),
    ("busy", "话务员正忙于其他工作", "Busy with other work"),
    ("no_sound", "话机或耳麦异常", "Telephone or headset out of order"),
    ("other_agent", "需由其他话务员接听", "Needs another agent"),
)
entries = sa.table(
    "code_entries",
    *(sa.column(name, sa.String) for name in ("code_list", "code", "name_zh", "name_en")),
    sa.column("position", sa.Integer),
    sa.column("valid_from", Moment),
)


def upgrade() -> None:
    """Make the list with what a city may begin with."""
    _lists_are((*LISTS, "freed"))
    op.bulk_insert(
        entries,
        [
            {
                "code_list": "freed",
                "code": code,
                "name_zh": name_zh,
                "name_en": name_en,
                "position": place * 10,
                "valid_from": SINCE,
            }
            for place, (code, name_zh, name_en) in enumerate(REASONS, start=1)
        ],
    )


def downgrade() -> None:
    """Take it back."""
    op.execute(entries.delete().where(entries.c.code_list == "freed"))
    _lists_are(LISTS)


def _lists_are(lists: tuple[str, ...]) -> None:
    with op.batch_alter_table("code_entries") as table:
        table.drop_constraint(op.f("ck_code_entries_codelist"), type_="check")
        table.create_check_constraint(
            op.f("ck_code_entries_codelist"), sa.column("code_list").in_(lists)
        )
