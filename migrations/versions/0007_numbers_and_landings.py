"""Dated modes and states of numbers; landings and their routes; where a call was sent on to."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0007_numbers_and_landings"
down_revision = "0006_tickets"
branch_labels = None
depends_on = None

MODES = ("main", "merged", "dual_number", "sub_centre")
STATES = ("planned", "live", "suspended", "closed")
LANGUAGES = ("mandarin", "hakka", "cantonese", "english")


def words(*of: str, name: str) -> sa.Enum:
    return sa.Enum(*of, name=name, native_enum=False, create_constraint=True, length=32)


def make_dated_table(name: str, *what: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_id", sa.Integer(), nullable=False),
        *what,
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number_id"], ["legacy_numbers.id"], name=op.f(f"fk_{name}_number_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f(f"fk_{name}_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_number_id"), name, ["number_id"])


def upgrade() -> None:
    make_dated_table(
        "number_modes", sa.Column("mode", words(*MODES, name="mergemode"), nullable=False)
    )
    make_dated_table(
        "number_states",
        sa.Column("state", words(*STATES, name="numberstate"), nullable=False),
        sa.Column("because", sa.String(200), nullable=False),
    )
    op.execute(
        "INSERT INTO number_modes (number_id, mode, valid_from, set_at)"
        " SELECT id, mode, valid_from, valid_from FROM legacy_numbers ORDER BY id"
    )
    op.execute(
        "INSERT INTO number_states (number_id, state, because, valid_from, set_at)"
        " SELECT id, 'live', '', valid_from, valid_from FROM legacy_numbers ORDER BY id"
    )
    op.execute(
        "INSERT INTO number_states (number_id, state, because, valid_from, set_at)"
        " SELECT id, 'closed', '', valid_until, valid_from FROM legacy_numbers"
        " WHERE valid_until IS NOT NULL ORDER BY id"
    )
    with op.batch_alter_table("legacy_numbers") as table:
        table.drop_constraint(op.f("ck_legacy_numbers_mergemode"), type_="check")
        table.drop_column("mode")
        table.drop_column("valid_from")
        table.drop_column("valid_until")
        table.add_column(
            sa.Column("greeting_sound", sa.String(64), nullable=False, server_default="")
        )
        table.add_column(sa.Column("language", sa.String(32), nullable=True))
        table.create_check_constraint(
            op.f("ck_legacy_numbers_language"), f"language IN {LANGUAGES}"
        )
        table.add_column(sa.Column("overflow_seconds", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column(
                "plays_recording_notice", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    _make_landings()
    _make_routes()
    _make_alarms()
    _make_forwards()


def _make_landings() -> None:
    op.create_table(
        "landings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(32), nullable=False),
        sa.Column("trunk", sa.String(64), nullable=False),
        sa.Column("carrier", sa.String(64), nullable=False),
        sa.Column("delivered_did", sa.String(32), nullable=False),
        sa.Column("live_from", Moment(), nullable=False),
        sa.Column("live_until", Moment(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_landings_added_by")),
        sa.ForeignKeyConstraint(
            ["number_id"], ["legacy_numbers.id"], name=op.f("fk_landings_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landings")),
    )
    op.create_index(op.f("ix_landings_number_id"), "landings", ["number_id"])
    op.create_index("ix_landings_delivered_did", "landings", ["delivered_did"])


def _make_routes() -> None:
    op.create_table(
        "route_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_id", sa.Integer(), nullable=False),
        sa.Column("effective_at", Moment(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("because", sa.String(200), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number_id"], ["legacy_numbers.id"], name=op.f("fk_route_changes_number_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_route_changes_set_by")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["route_changes.id"], name=op.f("fk_route_changes_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_changes")),
    )
    op.create_index(op.f("ix_route_changes_number_id"), "route_changes", ["number_id"])
    op.create_table(
        "landing_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("landing_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["route_changes.id"], name=op.f("fk_landing_routes_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landings.id"], name=op.f("fk_landing_routes_landing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landing_routes")),
    )
    op.create_index(op.f("ix_landing_routes_change_id"), "landing_routes", ["change_id"])
    op.create_index(op.f("ix_landing_routes_landing_id"), "landing_routes", ["landing_id"])


def _make_alarms() -> None:
    op.create_table(
        "intake_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column(
            "kind", words("loop", "forward_refused", name="intakealarmkind"), nullable=False
        ),
        sa.Column("sign", sa.String(32), nullable=False),
        sa.Column("exchange_id", sa.String(32), nullable=False),
        sa.Column("call_key", sa.String(64), nullable=False),
        sa.Column("number_id", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["number_id"], ["legacy_numbers.id"], name=op.f("fk_intake_alarms_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_alarms")),
    )
    op.create_index(op.f("ix_intake_alarms_at"), "intake_alarms", ["at"])


def _make_forwards() -> None:
    op.create_table(
        "call_forwards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_forwards_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_forwards")),
        sa.UniqueConstraint(
            "call_id", "counter", name=op.f("uq_call_forwards_call_id_counter")
        ),
    )


def downgrade() -> None:
    for table in (
        "call_forwards", "intake_alarms", "landing_routes", "route_changes", "landings"
    ):
        op.drop_table(table)
    with op.batch_alter_table("legacy_numbers") as table:
        table.drop_constraint(op.f("ck_legacy_numbers_language"), type_="check")
        for name in ("greeting_sound", "language", "overflow_seconds", "plays_recording_notice"):
            table.drop_column(name)
        table.add_column(sa.Column("mode", sa.String(32), nullable=True))
        table.add_column(sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE legacy_numbers SET mode = (SELECT mode FROM number_modes"
        " WHERE number_id = legacy_numbers.id ORDER BY valid_from DESC, id DESC LIMIT 1),"
        " valid_from = (SELECT MIN(valid_from) FROM number_states"
        " WHERE number_id = legacy_numbers.id),"
        " valid_until = (SELECT MAX(valid_from) FROM number_states"
        " WHERE number_id = legacy_numbers.id AND state = 'closed')"
    )
    with op.batch_alter_table("legacy_numbers") as table:
        table.alter_column("mode", existing_type=sa.String(32), nullable=False)
        table.create_check_constraint(op.f("ck_legacy_numbers_mergemode"), f"mode IN {MODES}")
        table.alter_column(
            "valid_from", existing_type=sa.DateTime(timezone=True), nullable=False
        )
    op.drop_table("number_states")
    op.drop_table("number_modes")
