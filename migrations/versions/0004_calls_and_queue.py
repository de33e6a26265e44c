"""The ledger of calls, the queue, numbered facts and the duty lease."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0004_calls_and_queue"
down_revision = "0003_channels_callers_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_leases",
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_duty_leases")),
    )
    op.create_table(
        "exchange_links",
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("is_up", sa.Boolean(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_exchange_links")),
    )
    op.create_table(
        "fact_counters",
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", name=op.f("pk_fact_counters")),
    )
    op.create_table(
        "facts",
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "number", name=op.f("pk_facts")),
    )
    op.create_table(
        "phone_contacts",
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=255), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", "phone", name=op.f("pk_phone_contacts")),
    )
    op.create_table(
        "provider_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("leg_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("call_key", sa.String(length=64), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.UniqueConstraint(
            "exchange_id",
            "boot_id",
            "leg_key",
            "kind",
            "counter",
            name=op.f("uq_provider_events_exchange_id_boot_id_leg_key_kind_counter"),
        ),
    )
    op.create_index(
        op.f("ix_provider_events_call_key"), "provider_events", ["call_key"], unique=False
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("call_key", sa.String(length=64), nullable=False),
        sa.Column("dialled_number", sa.String(length=32), nullable=False),
        sa.Column("from_number", sa.String(length=32), nullable=False),
        sa.Column("from_name", sa.String(length=80), nullable=False),
        sa.Column("legacy_number_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "intake",
                "waiting",
                "ringing",
                "talking",
                "reconnecting",
                "alone",
                "ended",
                name="callstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", Moment(), nullable=False),
        sa.Column("last_news_at", Moment(), nullable=False),
        sa.Column("invited_at", Moment(), nullable=False),
        sa.Column("waiting_at", Moment(), nullable=True),
        sa.Column("talk_started_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("talk_contact", sa.String(length=255), nullable=True),
        sa.Column("lost_contact", sa.String(length=255), nullable=True),
        sa.Column("resume_contact", sa.String(length=255), nullable=True),
        sa.Column("resume_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_calls_agent_id")),
        sa.ForeignKeyConstraint(
            ["legacy_number_id"], ["legacy_numbers.id"], name=op.f("fk_calls_legacy_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint(
            "exchange_id", "boot_id", "call_key", name=op.f("uq_calls_exchange_id_boot_id_call_key")
        ),
    )
    op.create_index(op.f("ix_calls_agent_id"), "calls", ["agent_id"], unique=False)
    op.create_index(op.f("ix_calls_call_key"), "calls", ["call_key"], unique=False)
    op.create_index(
        "ix_calls_from_number_invited_at", "calls", ["from_number", "invited_at"], unique=False
    )
    op.create_index(op.f("ix_calls_invited_at"), "calls", ["invited_at"], unique=False)
    op.create_index("ix_calls_state_exchange_id", "calls", ["state", "exchange_id"], unique=False)
    op.create_table(
        "desk_links",
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_desk_links_agent_id")),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_desk_links")),
    )
    op.create_index(op.f("ix_desk_links_agent_id"), "desk_links", ["agent_id"], unique=False)
    op.create_index(op.f("ix_desk_links_lease_until"), "desk_links", ["lease_until"], unique=False)
    op.create_table(
        "call_legs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("leg_key", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("ringing_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_call_legs_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_legs_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_legs")),
        sa.UniqueConstraint("call_id", "leg_key", name=op.f("uq_call_legs_call_id_leg_key")),
    )
    op.create_table(
        "call_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wished",
                "sending",
                "taken",
                "refused",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("wished_at", Moment(), nullable=False),
        sa.Column("wished_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answer_code", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_orders_call_id")),
        sa.ForeignKeyConstraint(["wished_by"], ["users.id"], name=op.f("fk_call_orders_wished_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_orders")),
    )
    op.create_index(op.f("ix_call_orders_call_id"), "call_orders", ["call_id"], unique=False)
    op.create_index(
        "ix_call_orders_state_exchange_id", "call_orders", ["state", "exchange_id"], unique=False
    )
    op.create_table(
        "call_state_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column(
            "old",
            sa.Enum(
                "intake",
                "waiting",
                "ringing",
                "talking",
                "reconnecting",
                "alone",
                "ended",
                name="old",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "new",
            sa.Enum(
                "intake",
                "waiting",
                "ringing",
                "talking",
                "reconnecting",
                "alone",
                "ended",
                name="new",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("because", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_call_state_changes_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_state_changes_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_state_changes")),
    )
    op.create_index(
        op.f("ix_call_state_changes_call_id"), "call_state_changes", ["call_id"], unique=False
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "missed",
                "caller_gone",
                "withdrawn",
                name="offerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ring_until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_offers_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_offers_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_agent_id_made_at", "offers", ["agent_id", "made_at"], unique=False)
    op.create_index(op.f("ix_offers_call_id"), "offers", ["call_id"], unique=False)
    op.create_index("ix_offers_state_ring_until", "offers", ["state", "ring_until"], unique=False)
    op.create_table(
        "presence_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column(
            "old",
            sa.Enum(
                "signed_out",
                "not_ready",
                "ready",
                "offered",
                "talking",
                "reconnecting",
                "wrap_up",
                "missed",
                "link_lost",
                name="old",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "new",
            sa.Enum(
                "signed_out",
                "not_ready",
                "ready",
                "offered",
                "talking",
                "reconnecting",
                "wrap_up",
                "missed",
                "link_lost",
                name="new",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_presence_changes_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_presence_changes_call_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_changes")),
    )
    op.create_index(
        "ix_presence_changes_agent_id_at", "presence_changes", ["agent_id", "at"], unique=False
    )
    op.create_table(
        "queue_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "taken",
                "left",
                name="entrystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=32), nullable=True),
        sa.Column("left_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_queue_entries_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entries")),
        sa.UniqueConstraint("call_id", name=op.f("uq_queue_entries_call_id")),
    )
    op.create_index(
        "ix_queue_entries_state_entered_at", "queue_entries", ["state", "entered_at"], unique=False
    )
    op.create_table(
        "wrap_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_wrap_ups_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_wrap_ups_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrap_ups")),
    )
    op.create_index(op.f("ix_wrap_ups_call_id"), "wrap_ups", ["call_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "signed_out",
                "not_ready",
                "ready",
                "offered",
                "talking",
                "reconnecting",
                "wrap_up",
                "missed",
                "link_lost",
                name="presencestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column(
            "next_state",
            sa.Enum(
                "signed_out",
                "not_ready",
                "ready",
                "offered",
                "talking",
                "reconnecting",
                "wrap_up",
                "missed",
                "link_lost",
                name="next_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("next_reason", sa.String(length=32), nullable=True),
        sa.Column("idle_since", Moment(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_presences_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_presences_call_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_presences_offer_id")),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_presences")),
        sa.UniqueConstraint("phone", name=op.f("uq_presences_phone")),
    )
    op.create_index("ix_presences_state_until", "presences", ["state", "until"], unique=False)


def downgrade() -> None:
    op.drop_table("presences")
    op.drop_table("wrap_ups")
    op.drop_table("queue_entries")
    op.drop_table("presence_changes")
    op.drop_table("offers")
    op.drop_table("call_state_changes")
    op.drop_table("call_orders")
    op.drop_table("call_legs")
    op.drop_table("desk_links")
    op.drop_table("calls")
    op.drop_table("provider_events")
    op.drop_table("phone_contacts")
    op.drop_table("facts")
    op.drop_table("fact_counters")
    op.drop_table("exchange_links")
    op.drop_table("duty_leases")
