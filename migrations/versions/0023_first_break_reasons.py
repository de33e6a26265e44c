"""The break reasons that agents have had until now: nobody's pause may fail after an upgrade."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0023_first_break_reasons"
down_revision = "0022_code_lists"
branch_labels = None
depends_on = None

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
REASONS = (
    ("break", "小休", "Break", 15),
    ("meal", "用餐", "Meal", 60),
    ("meeting", "会议", "Meeting", 60),
    ("training", "培训", "Training", None),
    ("coaching", "辅导", "Coaching", 60),
    ("paperwork", "案头", "Paperwork", 20),
)
entries = sa.table(
    "code_entries",
    *(sa.column(name, sa.String) for name in ("code_list", "code", "name_zh", "name_en")),
    sa.column("position", sa.Integer),
    sa.column("minutes", sa.Integer),
    sa.column("valid_from", Moment),
)


def upgrade() -> None:
    op.bulk_insert(
        entries,
        [
            {
                "code_list": "break",
                "code": code,
                "name_zh": name_zh,
                "name_en": name_en,
                "position": place * 10,
                "minutes": minutes,
                "valid_from": SINCE,
            }
            for place, (code, name_zh, name_en, minutes) in enumerate(REASONS, start=1)
        ],
    )


def downgrade() -> None:
    op.execute(entries.delete().where(entries.c.code_list == "break"))
