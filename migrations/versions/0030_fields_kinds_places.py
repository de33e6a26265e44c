"""Dated categories and request types, the gazetteer, outside numbers, details of person and matter."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Json, Moment

revision = "0030_fields_kinds_places"
down_revision = "0029_handling"
branch_labels = None
depends_on = None

OLD_CATEGORY = ("code", "name", "parent_code", "keywords", "initials", "pinyin",
                "default_unit_code", "position", "valid_from", "valid_until")
PERSON_KINDS = ("individual", "enterprise", "organisation")
GROUPS = ("elderly", "disabled", "minor", "soldier", "poor", "pregnant")
PLACE_KINDS = ("village", "community", "estate", "landmark", "road", "school", "hospital",
               "market", "scenic", "other")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _category_columns() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("parent_code", sa.String(length=8), nullable=True),
        sa.Column("keywords", Json(), nullable=False),
        sa.Column("initials", sa.String(length=64), nullable=False),
        sa.Column("pinyin", sa.String(length=128), nullable=False),
        sa.Column("default_unit_code", sa.String(length=32), nullable=True),
        sa.Column("county_lead", sa.String(length=16), nullable=False),
        sa.Column("town_lead", sa.String(length=16), nullable=False),
        sa.Column("not_to_town", sa.Boolean(), nullable=False),
        sa.Column("limits", Json(), nullable=False),
        sa.Column("provincial_code", sa.String(length=16), nullable=False),
        sa.Column("national_code", sa.String(length=16), nullable=False),
        sa.Column("old_label", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
    ]


NEW = {
    "county_lead": "", "town_lead": "", "not_to_town": False, "limits": {}, "provincial_code": "",
    "national_code": "", "old_label": "", "basis": "",
}  # fmt: skip
categories = sa.table(
    "categories", *(sa.column(each.name, each.type) for each in _category_columns())
)


def _rows() -> list[dict[str, object]]:
    wanted = [categories.c[name] for name in OLD_CATEGORY]
    asked = sa.select(*wanted).order_by(categories.c.valid_from)
    return [dict(row._mapping) for row in op.get_bind().execute(asked)]  # noqa: SLF001 - its API


def upgrade() -> None:
    rows = _rows()
    with op.batch_alter_table("articles") as table:
        table.drop_constraint(op.f("fk_articles_category_code"), type_="foreignkey")
    op.drop_table("categories")
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        *_category_columns(),
        sa.ForeignKeyConstraint(
            ["default_unit_code"], ["units.code"], name=op.f("fk_categories_default_unit_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_categories_code_valid_from")),
    )
    op.bulk_insert(categories, [{**NEW, **row} for row in rows])
    _types()
    _places()
    _tickets()


def _types() -> None:
    op.create_table(
        "request_type_versions",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_request_type_versions")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_request_type_versions_valid_from")),
    )
    op.create_table(
        "request_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_code", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("starts_clock", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_code"], ["request_type_versions.code"],
            name=op.f("fk_request_types_version_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_types")),
        sa.UniqueConstraint("version_code", "code", name=op.f("uq_request_types_version_code_code")),
    )
    op.create_table(
        "request_type_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_version", sa.String(length=32), nullable=False),
        sa.Column("from_type", sa.String(length=32), nullable=False),
        sa.Column("to_version", sa.String(length=32), nullable=False),
        sa.Column("to_type", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_version"], ["request_type_versions.code"],
            name=op.f("fk_request_type_mappings_from_version"),
        ),
        sa.ForeignKeyConstraint(
            ["to_version"], ["request_type_versions.code"],
            name=op.f("fk_request_type_mappings_to_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_type_mappings")),
        sa.UniqueConstraint(
            "from_version", "from_type", "to_version", "said_at",
            name=op.f("uq_request_type_mappings_from_version_from_type_to_version_said_at"),
        ),
    )


def _places() -> None:
    op.create_table(
        "gazetteer_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("other_names", Json(), nullable=False),
        sa.Column("county_code", sa.String(length=16), nullable=False),
        sa.Column("town_code", sa.String(length=16), nullable=False),
        sa.Column("owner_code", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_code"], ["regions.code"], name=op.f("fk_gazetteer_places_county_code")
        ),
        sa.ForeignKeyConstraint(
            ["owner_code"], ["regions.code"], name=op.f("fk_gazetteer_places_owner_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_places")),
        sa.CheckConstraint(
            _among("kind", PLACE_KINDS), name=op.f("ck_gazetteer_places_placekind")
        ),
    )
    for name in ("name", "county_code", "owner_code"):
        op.create_index(op.f(f"ix_gazetteer_places_{name}"), "gazetteer_places", [name])
    op.create_table(
        "place_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=16), nullable=False),
        sa.Column("town_code", sa.String(length=16), nullable=False),
        sa.Column("owner_code", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_code"], ["regions.code"], name=op.f("fk_place_proposals_county_code")
        ),
        sa.ForeignKeyConstraint(
            ["owner_code"], ["regions.code"], name=op.f("fk_place_proposals_owner_code")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["gazetteer_places.id"], name=op.f("fk_place_proposals_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_proposals")),
        sa.CheckConstraint(
            _among("state", ("open", "confirmed", "rejected")),
            name=op.f("ck_place_proposals_proposalstate"),
        ),
        sa.UniqueConstraint(
            "county_code", "town_code", "address",
            name=op.f("uq_place_proposals_county_code_town_code_address"),
        ),
    )
    op.create_index(op.f("ix_place_proposals_owner_code"), "place_proposals", ["owner_code"])


def _tickets() -> None:
    with op.batch_alter_table("tickets") as table:
        table.add_column(sa.Column("person_kind", sa.String(length=32)))
        for name, length in (("organisation_name", 100), ("credit_code", 18), ("best_time", 60)):
            table.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
        table.add_column(sa.Column("special_group", sa.String(length=32)))
        table.add_column(sa.Column("callback_wanted", sa.Boolean()))
        table.add_column(sa.Column("consent_public", sa.Boolean()))
        table.add_column(sa.Column("people_count", sa.Integer()))
        table.add_column(sa.Column("amount", sa.BigInteger()))
        table.create_check_constraint(
            op.f("ck_tickets_personkind"), _among("person_kind", PERSON_KINDS)
        )
        table.create_check_constraint(
            op.f("ck_tickets_specialgroup"), _among("special_group", GROUPS)
        )
    op.create_table(
        "outside_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("searched", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_outside_numbers_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["users.id"], name=op.f("fk_outside_numbers_added_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_numbers")),
        sa.CheckConstraint(
            _among("kind", ("city", "province", "source", "previous")),
            name=op.f("ck_outside_numbers_outsidekind"),
        ),
        sa.UniqueConstraint(
            "ticket_id", "kind", "searched", name=op.f("uq_outside_numbers_ticket_id_kind_searched")
        ),
    )
    for name in ("ticket_id", "searched"):
        op.create_index(op.f(f"ix_outside_numbers_{name}"), "outside_numbers", [name])


def downgrade() -> None:
    op.drop_table("outside_numbers")
    with op.batch_alter_table("tickets") as table:
        for name in ("personkind", "specialgroup"):
            table.drop_constraint(op.f(f"ck_tickets_{name}"), type_="check")
        for name in ("amount", "people_count", "consent_public", "callback_wanted",
                     "special_group", "best_time", "credit_code", "organisation_name",
                     "person_kind"):
            table.drop_column(name)
    op.drop_table("place_proposals")
    op.drop_table("gazetteer_places")
    op.drop_table("request_type_mappings")
    op.drop_table("request_types")
    op.drop_table("request_type_versions")
    # The older program knows one row for each code: the newest words stay.
    newest = {str(row["code"]): row for row in _rows()}
    op.drop_table("categories")
    op.create_table(
        "categories",
        *(each for each in _category_columns() if each.name in OLD_CATEGORY),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["categories.code"], name=op.f("fk_categories_parent_code")
        ),
        sa.ForeignKeyConstraint(
            ["default_unit_code"], ["units.code"], name=op.f("fk_categories_default_unit_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_categories")),
    )
    op.create_index(op.f("ix_categories_parent_code"), "categories", ["parent_code"])
    rows = sorted(newest.values(), key=lambda row: len(str(row["code"])))
    op.bulk_insert(categories, rows)
    with op.batch_alter_table("articles") as table:
        table.create_foreign_key(
            op.f("fk_articles_category_code"), "categories", ["category_code"], ["code"]
        )
