"""The life of a ticket: parts of units, clocks, wishes, contacts, results, visits."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0029_handling"
down_revision = "0028_exclusions_have_versions"
branch_labels = None
depends_on = None


STATES = (
    "need_info", "to_review", "to_dispatch", "to_sign", "return_review", "adjudication",
    "handling", "suspended", "to_audit", "to_visit", "closed", "archived", "merged", "withdrawn",
    "void",
)  # fmt: skip
COMMON = ("id", "ticket_id", "old", "new", "at", "by")
former_steps = sa.table("ticket_state_changes", *(sa.column(name) for name in COMMON))
steps = sa.table(
    "ticket_steps",
    *(sa.column(name) for name in COMMON),
    sa.column("act"),
    sa.column("carried", sa.JSON),
)
tickets = sa.table("tickets", sa.column("id"), sa.column("state"))


def _keep_steps() -> None:
    """What tickets went through stays; what was done then is told by where it led."""
    acts = sa.case(
        (former_steps.c.old.is_(None), "open"),
        (former_steps.c.new == "closed", "close_visited"),
        else_="dispatch",
    )
    kept = sa.select(*(former_steps.c[name] for name in COMMON), acts, sa.literal({}, sa.JSON))
    op.execute(steps.insert().from_select([*COMMON, "act", "carried"], kept))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('ticket_steps', 'id'), "
            "(SELECT coalesce(max(id), 1) FROM ticket_steps))"
        )


def _send_back_to_dispatch() -> None:
    """Nobody had been named for what was being handled so far: a dispatcher names the unit."""
    op.execute(tickets.update().where(tickets.c.state == "handling").values(state="to_dispatch"))


def _give_steps_back() -> None:
    moved = sa.or_(steps.c.old.is_(None), steps.c.old != steps.c.new)
    kept = sa.select(*(steps.c[name] for name in COMMON)).where(moved)
    op.execute(former_steps.insert().from_select(list(COMMON), kept))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('ticket_state_changes', 'id'), "
            "(SELECT coalesce(max(id), 1) FROM ticket_state_changes))"
        )


def upgrade() -> None:
    op.create_table('assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('lead', 'assistant', 'sent_down', name='part', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('nth', sa.Integer(), nullable=False),
    sa.Column('asked_by_unit_id', sa.Integer(), nullable=True),
    sa.Column('dispatched_at', Moment(), nullable=False),
    sa.Column('dispatched_by', sa.Integer(), nullable=True),
    sa.Column('basis_kind', sa.Enum('catalogue', 'precedent', 'history', 'by_hand', name='basiskind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('return_until', Moment(), nullable=True),
    sa.Column('signed_at', Moment(), nullable=True),
    sa.Column('signed_by', sa.Integer(), nullable=True),
    sa.Column('is_signed_by_itself', sa.Boolean(), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('opinion_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('ending', sa.Enum('done', 'returned', 'replaced', 'over', name='partending', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_unit_id'], ['units.id'], name=op.f('fk_assignments_asked_by_unit_id')),
    sa.ForeignKeyConstraint(['dispatched_by'], ['users.id'], name=op.f('fk_assignments_dispatched_by')),
    sa.ForeignKeyConstraint(['signed_by'], ['users.id'], name=op.f('fk_assignments_signed_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_assignments_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_assignments_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments'))
    )
    with op.batch_alter_table('assignments') as batch_op:
        batch_op.create_index(batch_op.f('ix_assignments_ticket_id'), ['ticket_id'])
        batch_op.create_index(batch_op.f('ix_assignments_unit_id'), ['unit_id'])

    op.create_table('disputes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('opinions', sa.Text(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('provisional_unit_id', sa.Integer(), nullable=True),
    sa.Column('settled_at', Moment(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['opened_by'], ['users.id'], name=op.f('fk_disputes_opened_by')),
    sa.ForeignKeyConstraint(['provisional_unit_id'], ['units.id'], name=op.f('fk_disputes_provisional_unit_id')),
    sa.ForeignKeyConstraint(['settled_by'], ['users.id'], name=op.f('fk_disputes_settled_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_disputes_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disputes'))
    )
    with op.batch_alter_table('disputes') as batch_op:
        batch_op.create_index(batch_op.f('ix_disputes_ticket_id'), ['ticket_id'])

    op.create_table('follow_ups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('urge', 'supplement', 'supervise', name='followkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('seen_by_unit_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_follow_ups_by')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_follow_ups_call_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_follow_ups_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_ups'))
    )
    with op.batch_alter_table('follow_ups') as batch_op:
        batch_op.create_index(batch_op.f('ix_follow_ups_ticket_id'), ['ticket_id'])

    op.create_table('hand_overs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_hand_overs_by')),
    sa.ForeignKeyConstraint(['from_id'], ['users.id'], name=op.f('fk_hand_overs_from_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_hand_overs_ticket_id')),
    sa.ForeignKeyConstraint(['to_id'], ['users.id'], name=op.f('fk_hand_overs_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_overs'))
    )
    with op.batch_alter_table('hand_overs') as batch_op:
        batch_op.create_index(batch_op.f('ix_hand_overs_ticket_id'), ['ticket_id'])

    op.create_table('precedents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('category_code', sa.String(length=8), nullable=False),
    sa.Column('county_code', sa.String(length=16), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(length=1000), nullable=False),
    sa.Column('decided_at', Moment(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_precedents_decided_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_precedents_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_precedents_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_precedents'))
    )
    with op.batch_alter_table('precedents') as batch_op:
        batch_op.create_index(batch_op.f('ix_precedents_category_code'), ['category_code'])
        batch_op.create_index(batch_op.f('ix_precedents_ticket_id'), ['ticket_id'])

    op.create_table('ticket_clocks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('citizen', 'dispatch', 'sign', 'handle', 'visit', 'assist', 'supervise', name='clockkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('nth', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('limit', sa.String(length=8), nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('first_day', sa.Enum('next', 'same', name='firstday', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('last_day_ends', sa.Enum('office', 'midnight', name='lastdayends', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('after_hours', sa.Enum('next_opening', 'at_once', name='afterhours', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('warns_before', sa.String(length=8), nullable=False),
    sa.Column('rules_version', sa.String(length=16), nullable=False),
    sa.Column('not_after', Moment(), nullable=True),
    sa.Column('started_at', Moment(), nullable=False),
    sa.Column('due_at', Moment(), nullable=True),
    sa.Column('warns_at', Moment(), nullable=True),
    sa.Column('missing_year', sa.Integer(), nullable=True),
    sa.Column('is_running', sa.Boolean(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.Column('told_nearly_due_at', Moment(), nullable=True),
    sa.Column('told_ran_out_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_clocks_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_ticket_clocks_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_clocks')),
    sa.UniqueConstraint('ticket_id', 'kind', 'nth', name=op.f('uq_ticket_clocks_ticket_id_kind_nth'))
    )
    with op.batch_alter_table('ticket_clocks') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_clocks_due_at'), ['due_at'])
        batch_op.create_index(batch_op.f('ix_ticket_clocks_missing_year'), ['missing_year'])
        batch_op.create_index(batch_op.f('ix_ticket_clocks_unit_id'), ['unit_id'])

    op.create_table('ticket_contacts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('is_reached', sa.Boolean(), nullable=False),
    sa.Column('is_reply_told', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_ticket_contacts_by')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_ticket_contacts_call_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_contacts_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_ticket_contacts_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_contacts')),
    sa.UniqueConstraint('call_id', name=op.f('uq_ticket_contacts_call_id'))
    )
    with op.batch_alter_table('ticket_contacts') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_contacts_ticket_id'), ['ticket_id'])

    op.create_table('ticket_results',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('public_reply', sa.Text(), nullable=False),
    sa.Column('internal_note', sa.Text(), nullable=False),
    sa.Column('is_true', sa.Boolean(), nullable=True),
    sa.Column('is_over_duty', sa.Boolean(), nullable=False),
    sa.Column('is_solved', sa.Boolean(), nullable=False),
    sa.Column('unsolved_reason', sa.String(length=1000), nullable=False),
    sa.Column('reply_hash', sa.String(length=64), nullable=False),
    sa.Column('copied_from_id', sa.Integer(), nullable=True),
    sa.Column('handed_in_at', Moment(), nullable=False),
    sa.Column('handed_in_by', sa.Integer(), nullable=False),
    sa.Column('audited_at', Moment(), nullable=True),
    sa.Column('audited_by', sa.Integer(), nullable=True),
    sa.Column('defect', sa.String(length=32), nullable=False),
    sa.Column('defect_note', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['audited_by'], ['users.id'], name=op.f('fk_ticket_results_audited_by')),
    sa.ForeignKeyConstraint(['copied_from_id'], ['ticket_results.id'], name=op.f('fk_ticket_results_copied_from_id')),
    sa.ForeignKeyConstraint(['handed_in_by'], ['users.id'], name=op.f('fk_ticket_results_handed_in_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_results_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_ticket_results_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_results'))
    )
    with op.batch_alter_table('ticket_results') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_results_reply_hash'), ['reply_hash'])
        batch_op.create_index(batch_op.f('ix_ticket_results_ticket_id'), ['ticket_id'])
        batch_op.create_index(batch_op.f('ix_ticket_results_unit_id'), ['unit_id'])

    op.create_table('ticket_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('old', sa.Enum(*STATES, name='old', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('new', sa.Enum(*STATES, name='new', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('carried', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_ticket_steps_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_steps_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_ticket_steps_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_steps'))
    )
    with op.batch_alter_table('ticket_steps') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_steps_ticket_id'), ['ticket_id'])

    op.create_table('visits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('way', sa.Enum('phone', 'sms', 'keypad', name='visitway', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.Column('is_reached', sa.Boolean(), nullable=False),
    sa.Column('is_solved', sa.Boolean(), nullable=True),
    sa.Column('result_mark', sa.Integer(), nullable=True),
    sa.Column('attitude_mark', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=1000), nullable=False),
    sa.Column('asks_redo', sa.Boolean(), nullable=False),
    sa.Column('exclusion', sa.String(length=32), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_visits_by')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_visits_call_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_visits_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    with op.batch_alter_table('visits') as batch_op:
        batch_op.create_index(batch_op.f('ix_visits_ticket_id'), ['ticket_id'])

    op.create_table('clock_rule_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clock_id', sa.Integer(), nullable=False),
    sa.Column('old_limit', sa.String(length=8), nullable=False),
    sa.Column('new_limit', sa.String(length=8), nullable=False),
    sa.Column('old_version', sa.String(length=16), nullable=False),
    sa.Column('new_version', sa.String(length=16), nullable=False),
    sa.Column('old_due_at', Moment(), nullable=True),
    sa.Column('new_due_at', Moment(), nullable=True),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_clock_rule_changes_by')),
    sa.ForeignKeyConstraint(['clock_id'], ['ticket_clocks.id'], name=op.f('fk_clock_rule_changes_clock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_rule_changes'))
    )
    with op.batch_alter_table('clock_rule_changes') as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_rule_changes_clock_id'), ['clock_id'])

    op.create_table('return_wishes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('basis', sa.String(length=1000), nullable=False),
    sa.Column('proposed_unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'agreed', 'refused', 'lapsed', name='wishstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decision', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_return_wishes_asked_by')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_return_wishes_assignment_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_return_wishes_decided_by')),
    sa.ForeignKeyConstraint(['proposed_unit_id'], ['units.id'], name=op.f('fk_return_wishes_proposed_unit_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_return_wishes_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_wishes'))
    )
    with op.batch_alter_table('return_wishes') as batch_op:
        batch_op.create_index(batch_op.f('ix_return_wishes_ticket_id'), ['ticket_id'])

    op.create_table('ticket_clock_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clock_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.Enum('started', 'paused', 'resumed', 'extended', 'done', name='clockevent', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by_limit', sa.String(length=8), nullable=False),
    sa.Column('saved_at', Moment(), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['clock_id'], ['ticket_clocks.id'], name=op.f('fk_ticket_clock_steps_clock_id')),
    sa.ForeignKeyConstraint(['saved_by'], ['users.id'], name=op.f('fk_ticket_clock_steps_saved_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_clock_steps'))
    )
    with op.batch_alter_table('ticket_clock_steps') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_clock_steps_clock_id'), ['clock_id'])

    op.create_table('time_wishes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('extension', 'suspension', 'statutory', name='timekind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('by_limit', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('basis', sa.String(length=1000), nullable=False),
    sa.Column('told_in_contact_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('open', 'agreed', 'refused', 'lapsed', name='wishstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decision', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_time_wishes_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_time_wishes_decided_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_time_wishes_ticket_id')),
    sa.ForeignKeyConstraint(['told_in_contact_id'], ['ticket_contacts.id'], name=op.f('fk_time_wishes_told_in_contact_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_time_wishes_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_time_wishes'))
    )
    with op.batch_alter_table('time_wishes') as batch_op:
        batch_op.create_index(batch_op.f('ix_time_wishes_ticket_id'), ['ticket_id'])

    _keep_steps()
    with op.batch_alter_table('ticket_state_changes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_state_changes_ticket_id'))

    op.drop_table('ticket_state_changes')
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.add_column(sa.Column('master_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('round', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('lead_unit_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('due_at', Moment(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tickets_due_at'), ['due_at'])
        batch_op.create_index(batch_op.f('ix_tickets_lead_unit_id'), ['lead_unit_id'])
        batch_op.create_index(batch_op.f('ix_tickets_master_id'), ['master_id'])
        batch_op.create_foreign_key(batch_op.f('fk_tickets_master_id'), 'tickets', ['master_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_tickets_lead_unit_id'), 'units', ['lead_unit_id'], ['id'])
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.alter_column("round", server_default=None)
    _send_back_to_dispatch()


def downgrade() -> None:
    with op.batch_alter_table('tickets') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_tickets_lead_unit_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_tickets_master_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_tickets_master_id'))
        batch_op.drop_index(batch_op.f('ix_tickets_lead_unit_id'))
        batch_op.drop_index(batch_op.f('ix_tickets_due_at'))
        batch_op.drop_column('due_at')
        batch_op.drop_column('lead_unit_id')
        batch_op.drop_column('round')
        batch_op.drop_column('master_id')

    op.create_table('ticket_state_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('old', sa.Enum(*STATES, name='old', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('new', sa.Enum(*STATES, name='new', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_ticket_state_changes_by')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_state_changes_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_state_changes'))
    )
    with op.batch_alter_table('ticket_state_changes') as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_state_changes_ticket_id'), ['ticket_id'])

    _give_steps_back()
    with op.batch_alter_table('time_wishes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_time_wishes_ticket_id'))

    op.drop_table('time_wishes')
    with op.batch_alter_table('ticket_clock_steps') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_clock_steps_clock_id'))

    op.drop_table('ticket_clock_steps')
    with op.batch_alter_table('return_wishes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_return_wishes_ticket_id'))

    op.drop_table('return_wishes')
    with op.batch_alter_table('clock_rule_changes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_clock_rule_changes_clock_id'))

    op.drop_table('clock_rule_changes')
    with op.batch_alter_table('visits') as batch_op:
        batch_op.drop_index(batch_op.f('ix_visits_ticket_id'))

    op.drop_table('visits')
    with op.batch_alter_table('ticket_steps') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_steps_ticket_id'))

    op.drop_table('ticket_steps')
    with op.batch_alter_table('ticket_results') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_results_unit_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_results_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_results_reply_hash'))

    op.drop_table('ticket_results')
    with op.batch_alter_table('ticket_contacts') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_contacts_ticket_id'))

    op.drop_table('ticket_contacts')
    with op.batch_alter_table('ticket_clocks') as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_clocks_unit_id'))
        batch_op.drop_index(batch_op.f('ix_ticket_clocks_missing_year'))
        batch_op.drop_index(batch_op.f('ix_ticket_clocks_due_at'))

    op.drop_table('ticket_clocks')
    with op.batch_alter_table('precedents') as batch_op:
        batch_op.drop_index(batch_op.f('ix_precedents_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_precedents_category_code'))

    op.drop_table('precedents')
    with op.batch_alter_table('hand_overs') as batch_op:
        batch_op.drop_index(batch_op.f('ix_hand_overs_ticket_id'))

    op.drop_table('hand_overs')
    with op.batch_alter_table('follow_ups') as batch_op:
        batch_op.drop_index(batch_op.f('ix_follow_ups_ticket_id'))

    op.drop_table('follow_ups')
    with op.batch_alter_table('disputes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_disputes_ticket_id'))

    op.drop_table('disputes')
    with op.batch_alter_table('assignments') as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignments_unit_id'))
        batch_op.drop_index(batch_op.f('ix_assignments_ticket_id'))

    op.drop_table('assignments')
