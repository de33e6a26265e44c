"""What lists of tickets look through, saved views of them, and lists taken out as files."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.core.column_types import Moment
from app.tickets.list_wanted import Marked, marks_of, quoted

from app.tickets.search_words import pairs_of, searched_text
from app.tickets.ticket_states import OPEN_STATES

revision = "0034_lists_and_figures"
down_revision = "0033_channels_and_texts"
branch_labels = None
depends_on = None

BATCH = 1000
KINDS = ("xlsx", "csv")
PERIODS = ("day", "week", "month", "quarter")
REPORTS = ("draft", "open", "published")
STATES = ("asked", "running", "done", "cancelled", "broken_off")


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _marks() -> Any:
    return sa.Text().with_variant(TSVECTOR(), "postgresql")


tickets = sa.table(
    "tickets",
    *(
        sa.column(name)
        for name in (
            "id", "number", "state", "request_type", "urgency", "title", "content", "demand",
            "respondent", "address", "category_code", "county_code", "town_code",
            "first_contact_id", "privacy", "lead_unit_id",
        )
    ),
    sa.column("opened_at", Moment()),
    sa.column("closed_at", Moment()),
    sa.column("due_at", Moment()),
)
list_rows = sa.table(
    "ticket_list_rows",
    sa.column("ticket_id"), sa.column("number"), sa.column("opened_at", Moment()),
    sa.column("closed_at", Moment()), sa.column("due_at", Moment()), sa.column("words"), sa.column("marks", _marks()),
)


def _row(ticket: Any, *, with_marks: bool) -> dict[str, Any]:
    words = searched_text(
        ticket.title, ticket.content, ticket.demand, ticket.respondent, ticket.address
    )
    names = (
        "number", "state", "request_type", "category_code", "county_code", "town_code", "urgency",
        "first_contact_id", "opened_at", "closed_at",
    )
    due_at = ticket.due_at if ticket.state in OPEN_STATES else None
    given = {name: getattr(ticket, name) for name in names}
    given["is_confidential"] = ticket.privacy == "confidential"
    marked = Marked(**given, due_at=due_at, unit_id=ticket.lead_unit_id)
    marks = sorted(marks_of(marked) | pairs_of(words)) if with_marks else []
    return {
        "ticket_id": ticket.id,
        "number": ticket.number,
        "opened_at": ticket.opened_at,
        "closed_at": ticket.closed_at,
        "due_at": due_at,
        "words": words,
        "marks": " ".join(quoted(mark) for mark in marks),
    }


def _fill() -> None:
    bind = op.get_bind()
    with_marks = bind.dialect.name == "postgresql"
    last = 0
    while True:
        wanted = sa.select(tickets).where(tickets.c.id > last).order_by(tickets.c.id).limit(BATCH)
        found = [SimpleNamespace(**row._mapping) for row in bind.execute(wanted)]  # noqa: SLF001
        if not found:
            return
        op.bulk_insert(list_rows, [_row(each, with_marks=with_marks) for each in found])
        last = found[-1].id


def upgrade() -> None:
    op.create_table(
        "ticket_list_rows",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("marks", _marks(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_list_rows_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_list_rows")),
    )
    _fill()
    op.create_index("ix_ticket_list_rows_opened", "ticket_list_rows", ["opened_at", "ticket_id"])
    op.create_index("ix_ticket_list_rows_due", "ticket_list_rows", ["due_at", "ticket_id"])
    op.create_index(
        "ix_ticket_list_rows_marks", "ticket_list_rows", ["marks"], postgresql_using="gin"
    )
    op.create_table(
        "ticket_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_ticket_views_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_ticket_views_owner_id_name")),
    )
    op.create_index(op.f("ix_ticket_views_owner_id"), "ticket_views", ["owner_id"])
    op.create_table(
        "ticket_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("kind", _word("sheetkind", *KINDS), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("ticket_ids", sa.JSON(), nullable=True),
        sa.Column("state", _word("exportstate", *STATES), nullable=False),
        sa.Column("rows_written", sa.Integer(), nullable=False),
        sa.Column("rows_expected", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_ticket_exports_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_exports")),
    )
    op.create_index(op.f("ix_ticket_exports_owner_id"), "ticket_exports", ["owner_id"])
    op.create_table(
        "figure_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_kind", _word("periodkind", *PERIODS), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("grouped_by", sa.String(length=16), nullable=False),
        sa.Column("state", _word("reportstate", *REPORTS), nullable=False),
        sa.Column("formulas_version", sa.String(length=16), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("objections_until", Moment(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_figure_reports_made_by")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["users.id"], name=op.f("fk_figure_reports_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_reports")),
    )
    op.create_table(
        "figure_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("formula_code", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [to], name=op.f(f"fk_figure_objections_{name}"))
            for name, to in (
                ("report_id", "figure_reports.id"), ("unit_id", "units.id"),
                ("made_by", "users.id"), ("decided_by", "users.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_objections")),
    )
    op.create_index(op.f("ix_figure_objections_report_id"), "figure_objections", ["report_id"])


def downgrade() -> None:
    op.drop_table("figure_objections")
    op.drop_table("figure_reports")
    op.drop_table("ticket_exports")
    op.drop_table("ticket_views")
    op.drop_table("ticket_list_rows")
