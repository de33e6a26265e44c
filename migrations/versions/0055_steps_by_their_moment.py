"""What was done in a time is found by its moment: figures of acts read their period, not all years."""

from alembic import op

revision = "0055_steps_by_their_moment"
down_revision = "0054_secret_words_unsearched"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let steps be found by when they were taken."""
    op.create_index("ix_ticket_steps_at", "ticket_steps", ["at"])


def downgrade() -> None:
    """Let them be read whole again."""
    op.drop_index("ix_ticket_steps_at", "ticket_steps")
