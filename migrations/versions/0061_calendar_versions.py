"""Whatever is said of the calendar is kept; a clock names the version that it is reckoned by."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Json, Moment

revision = "0061_calendar_versions"
down_revision = "0060_first_contact"
branch_labels = None
depends_on = None

CLOCKS, CHANGES, VERSIONS = "ticket_clocks", "clock_rule_changes", "calendar_versions"


def upgrade() -> None:
    """What is known of the calendar by now is the first version, and what every clock stands by."""
    op.create_table(
        VERSIONS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("said", Json(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["said_by"], ["users.id"], name=op.f("fk_calendar_versions_said_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
    )
    first = _first_version()
    op.add_column(
        CLOCKS, sa.Column("calendar_region", sa.String(16), nullable=False, server_default="")
    )
    with op.batch_alter_table(CLOCKS) as table:
        table.add_column(sa.Column("calendar_version", sa.Integer(), nullable=True))
    with op.batch_alter_table(CHANGES) as table:
        table.add_column(sa.Column("old_calendar", sa.Integer(), nullable=True))
        table.add_column(sa.Column("new_calendar", sa.Integer(), nullable=True))
    if first is not None:
        op.execute(sa.table(CLOCKS, sa.column("calendar_version")).update().values(
            calendar_version=first
        ))
        changes = sa.table(CHANGES, sa.column("old_calendar"), sa.column("new_calendar"))
        op.execute(changes.update().values(old_calendar=first, new_calendar=first))
    with op.batch_alter_table(CLOCKS) as table:
        table.alter_column("calendar_region", existing_type=sa.String(16), server_default=None)
        table.alter_column("calendar_version", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(
            op.f("fk_ticket_clocks_calendar_version"), VERSIONS, ["calendar_version"], ["id"]
        )
        table.create_index(op.f("ix_ticket_clocks_calendar_version"), ["calendar_version"])
    with op.batch_alter_table(CHANGES) as table:
        for name in ("old_calendar", "new_calendar"):
            table.alter_column(name, existing_type=sa.Integer(), nullable=False)
            table.create_foreign_key(
                op.f(f"fk_clock_rule_changes_{name}"), VERSIONS, [name], ["id"]
            )


def downgrade() -> None:
    """The tables of the calendar say what holds today; what held before, and a region's own, go."""
    with op.batch_alter_table(CHANGES) as table:
        for name in ("new_calendar", "old_calendar"):
            table.drop_constraint(op.f(f"fk_clock_rule_changes_{name}"), type_="foreignkey")
            table.drop_column(name)
    with op.batch_alter_table(CLOCKS) as table:
        table.drop_index(op.f("ix_ticket_clocks_calendar_version"))
        table.drop_constraint(op.f("fk_ticket_clocks_calendar_version"), type_="foreignkey")
        table.drop_column("calendar_version")
        table.drop_column("calendar_region")
    op.drop_table(VERSIONS)


def _first_version() -> int | None:
    """Keep what the tables say as the first version; None where nothing was ever loaded."""
    here = op.get_bind()
    years = here.execute(sa.text("SELECT year, notice FROM calendar_years ORDER BY year")).all()
    days = here.execute(
        sa.text("SELECT day, name, is_off, notice_year FROM calendar_days ORDER BY day")
    ).all()
    hours = here.execute(
        sa.text("SELECT since, sessions FROM office_hours_rules ORDER BY since")
    ).all()
    has_clocks = here.execute(sa.text("SELECT 1 FROM ticket_clocks LIMIT 1")).first()
    if not (years or hours or has_clocks):
        return None
    said = {
        "years": {str(year): notice for year, notice in years},
        "days": [[_iso(day), name, bool(is_off), year] for day, name, is_off, year in days],
        "hours": [[_iso(since), sessions] for since, sessions in hours],
        "regional": [],
    }
    versions = sa.table(
        VERSIONS, sa.column("id", sa.Integer), sa.column("said", Json), sa.column("said_at", Moment)
    )
    loaded = here.execute(sa.text("SELECT max(loaded_at) FROM calendar_years")).scalar()
    at = datetime.fromisoformat(loaded) if isinstance(loaded, str) else loaded
    at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
    op.bulk_insert(
        versions, [{"said": said, "said_at": at or datetime.now(UTC)}]
    )
    return here.execute(sa.text(f"SELECT max(id) FROM {VERSIONS}")).scalar()


def _iso(day: object) -> str:
    return day if isinstance(day, str) else day.isoformat()
