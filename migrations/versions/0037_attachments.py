"""Units attach files to tickets; a result is handed in once, however often it is sent."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0037_attachments"
down_revision = "0036_liaisons"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('attachments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('handling', 'contact', 'identity', name='attachmentkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('media_type', sa.String(length=32), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=160), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_attachments_by_users')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_attachments_ticket_id_tickets')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_attachments_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    with op.batch_alter_table('attachments') as batch_op:
        batch_op.create_index(batch_op.f('ix_attachments_ticket_id'), ['ticket_id'], unique=False)
    with op.batch_alter_table('ticket_results') as batch_op:
        batch_op.add_column(sa.Column('once_key', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_ticket_results_once_key'), ['once_key'])


def downgrade():
    with op.batch_alter_table('ticket_results') as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_ticket_results_once_key'), type_='unique')
        batch_op.drop_column('once_key')
    op.drop_table('attachments')
