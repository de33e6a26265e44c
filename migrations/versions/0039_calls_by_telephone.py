"""People without a desk call citizens from their own telephones, about a ticket."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0039_calls_by_telephone"
down_revision = "0038_people_and_spots"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('calls') as batch_op:
        batch_op.add_column(sa.Column('is_by_telephone', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('calls') as batch_op:
        batch_op.alter_column('is_by_telephone', server_default=None)
    op.create_table('own_calls',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_own_calls_by_users')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_own_calls_call_id_calls')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_own_calls_ticket_id_tickets')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_own_calls_unit_id_units')),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_own_calls'))
    )
    with op.batch_alter_table('own_calls') as batch_op:
        batch_op.create_index(batch_op.f('ix_own_calls_by'), ['by'], unique=False)
        batch_op.create_index(batch_op.f('ix_own_calls_ticket_id'), ['ticket_id'], unique=False)


def downgrade():
    op.drop_table('own_calls')
    with op.batch_alter_table('calls') as batch_op:
        batch_op.drop_column('is_by_telephone')
