"""Why a supervisor may set somebody's state, as a list of codes; and that the agent is told."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0027_forced_states_are_told"
down_revision = "0026_ticket_states"
branch_labels = None
depends_on = None

LISTS = ("wrap_up", "break", "skill")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
REASONS = (
    ("left_desk", "离席未改状态", "Left the desk without saying"),
    ("shift_over", "下班未签退", "Shift over and still signed in"),
    ("peak", "话务高峰调度", "Needed in a rush"),
    ("briefing", "班组会议或培训安排", "Called to a briefing or training"),
    ("system_fault", "设备或系统异常", "Fault of equipment or system"),
    ("unwell", "话务员身体或情绪不适", "Unwell or upset"),
)
entries = sa.table(
    "code_entries",
    *(sa.column(name, sa.String) for name in ("code_list", "code", "name_zh", "name_en")),
    sa.column("position", sa.Integer),
    sa.column("valid_from", Moment),
)
KINDS = ("state_forced", "offer_freed")


def upgrade() -> None:
    _lists_are((*LISTS, "forced"))
    op.bulk_insert(
        entries,
        [
            {
                "code_list": "forced",
                "code": code,
                "name_zh": name_zh,
                "name_en": name_en,
                "position": place * 10,
                "valid_from": SINCE,
            }
            for place, (code, name_zh, name_en) in enumerate(REASONS, start=1)
        ],
    )
    op.create_table(
        "desk_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="noticekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("state", sa.String(32), nullable=True),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("why_code", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("is_later", sa.Boolean(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_desk_notices_agent_id_users")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_desk_notices_by_id_users")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_desk_notices_call_id_calls")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_notices")),
    )
    op.create_index("ix_desk_notices_agent_id_seen_at", "desk_notices", ["agent_id", "seen_at"])


def downgrade() -> None:
    op.drop_index("ix_desk_notices_agent_id_seen_at", table_name="desk_notices")
    op.drop_table("desk_notices")
    op.execute(entries.delete().where(entries.c.code_list == "forced"))
    _lists_are(LISTS)


def _lists_are(lists: tuple[str, ...]) -> None:
    with op.batch_alter_table("code_entries") as table:
        table.drop_constraint(op.f("ck_code_entries_codelist"), type_="check")
        table.create_check_constraint(
            op.f("ck_code_entries_codelist"), sa.column("code_list").in_(lists)
        )
