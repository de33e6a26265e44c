"""The register of liaison persons of units, with its changes."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0036_liaisons"
down_revision = "0035_misuse_by_procedure"
branch_labels = None
depends_on = None

LISTS = ("wrap_up", "break", "forced", "skill")
NEW_LISTS = ("defect", "visit_exclusion", "return_reason", "time_reason")


def upgrade() -> None:
    """Apply the change."""
    _list_check((*LISTS, *NEW_LISTS))
    op.create_table(
        'liaisons',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('number', sa.String(length=32), nullable=False),
        sa.Column('role', sa.Enum('leader', 'liaison', 'deputy', 'night', name='liaisonrole', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_liaisons_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_liaisons')),
    )
    op.create_index(op.f('ix_liaisons_unit_id'), 'liaisons', ['unit_id'])
    op.create_table(
        'liaison_changes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('liaison_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('changed', sa.JSON(), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('by', sa.Integer(), nullable=False),
        sa.Column('due_at', Moment(), nullable=True),
        sa.Column('filed_at', Moment(), nullable=True),
        sa.Column('filed_by', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['liaison_id'], ['liaisons.id'], name=op.f('fk_liaison_changes_liaison_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_liaison_changes_unit_id')),
        sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_liaison_changes_by')),
        sa.ForeignKeyConstraint(['filed_by'], ['users.id'], name=op.f('fk_liaison_changes_filed_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_changes')),
    )
    op.create_index(op.f('ix_liaison_changes_liaison_id'), 'liaison_changes', ['liaison_id'])
    op.create_index(op.f('ix_liaison_changes_unit_id'), 'liaison_changes', ['unit_id'])


def downgrade() -> None:
    """Take it back."""
    op.drop_table('liaison_changes')
    op.drop_table('liaisons')
    codes = sa.table("code_entries", sa.column("code_list"))
    op.execute(codes.delete().where(codes.c.code_list.in_(NEW_LISTS)))
    _list_check(LISTS)


def _list_check(lists: tuple[str, ...]) -> None:
    """Let the database know which lists of codes there are."""
    with op.batch_alter_table("code_entries") as table:
        table.drop_constraint(op.f("ck_code_entries_codelist"), type_="check")
        table.create_check_constraint(
            op.f("ck_code_entries_codelist"), sa.column("code_list").in_(lists)
        )
