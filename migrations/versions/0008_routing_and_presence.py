"""What routing and presence need to know: standing, sub-centres, marks, rests, forced states."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0008_routing_and_presence"
down_revision = "0007_numbers_and_landings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caller_restrictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("put_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["put_by"], ["users.id"], name=op.f("fk_caller_restrictions_put_by")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["users.id"], name=op.f("fk_caller_restrictions_lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_restrictions")),
    )
    op.create_index(
        "ix_caller_restrictions_number", "caller_restrictions", ["number"], unique=False
    )
    with op.batch_alter_table("queue_entries") as table:
        table.add_column(sa.Column("stands_since", Moment(), nullable=True))
        table.add_column(sa.Column("needs", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("sub_centre_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("city_from", Moment(), nullable=True))
        table.add_column(sa.Column("preferred_agent_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("rest_until", Moment(), nullable=True))
        table.create_foreign_key(
            op.f("fk_queue_entries_sub_centre_id"), "units", ["sub_centre_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_queue_entries_preferred_agent_id"), "users", ["preferred_agent_id"], ["id"]
        )
    op.execute("UPDATE queue_entries SET stands_since = entered_at, needs = coalesce(skill, '')")
    with op.batch_alter_table("queue_entries") as table:
        table.alter_column("stands_since", existing_type=Moment(), nullable=False)
        table.alter_column("needs", existing_type=sa.String(length=200), server_default=None)
        table.alter_column("is_restricted", existing_type=sa.Boolean(), server_default=None)
        table.drop_column("skill")
    op.create_index(
        "ix_queue_entries_state_stands_since",
        "queue_entries",
        ["state", "stands_since"],
        unique=False,
    )
    with op.batch_alter_table("offers") as table:
        table.add_column(sa.Column("rest_until", Moment(), nullable=True))
    with op.batch_alter_table("presences") as table:
        table.add_column(sa.Column("warned_at", Moment(), nullable=True))
    with op.batch_alter_table("presence_changes") as table:
        table.add_column(sa.Column("forced_by", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_presence_changes_forced_by"), "users", ["forced_by"], ["id"]
        )
    with op.batch_alter_table("wrap_up_codes") as table:
        table.add_column(
            sa.Column("marks_abuse", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute("UPDATE wrap_up_codes SET marks_abuse = true WHERE code = 'harassment'")
    with op.batch_alter_table("wrap_up_codes") as table:
        table.alter_column("marks_abuse", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("wrap_up_codes") as table:
        table.drop_column("marks_abuse")
    with op.batch_alter_table("presence_changes") as table:
        table.drop_constraint(op.f("fk_presence_changes_forced_by"), type_="foreignkey")
        table.drop_column("forced_by")
    with op.batch_alter_table("presences") as table:
        table.drop_column("warned_at")
    with op.batch_alter_table("offers") as table:
        table.drop_column("rest_until")
    op.drop_index("ix_queue_entries_state_stands_since", table_name="queue_entries")
    with op.batch_alter_table("queue_entries") as table:
        table.add_column(sa.Column("skill", sa.String(length=32), nullable=True))
    op.execute("UPDATE queue_entries SET skill = substr(needs, 1, 32) WHERE needs <> ''")
    with op.batch_alter_table("queue_entries") as table:
        table.drop_constraint(op.f("fk_queue_entries_preferred_agent_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_queue_entries_sub_centre_id"), type_="foreignkey")
        for column in (
            "rest_until",
            "is_restricted",
            "preferred_agent_id",
            "city_from",
            "sub_centre_id",
            "needs",
            "stands_since",
        ):
            table.drop_column(column)
    op.drop_table("caller_restrictions")
