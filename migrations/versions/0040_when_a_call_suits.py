"""A citizen who was missed may have said when he wants to be called; two rules of call-back."""

import sqlalchemy as sa
from alembic import op

revision = "0040_when_a_call_suits"
down_revision = "0039_calls_by_telephone"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('visits') as batch_op:
        batch_op.add_column(sa.Column('suits', sa.Enum('morning', 'afternoon', 'evening', name='suits', native_enum=False, create_constraint=True, length=32), nullable=True))


def downgrade():
    with op.batch_alter_table('visits') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_visits_suits'), type_='check')
        batch_op.drop_column('suits')
