"""What leads to the caller of a confidential ticket is not searched; `flask tickets list-rows`

finds their other words again. Going back brings nothing back: the command does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054_secret_words_unsearched"
down_revision = "0053_indexes_of_what_is_left"
branch_labels = None
depends_on = None

OF_CONFIDENTIAL = "ticket_id IN (SELECT id FROM tickets WHERE privacy = 'confidential')"
WITHOUT_WORDS = """
ts_delete(marks, ARRAY(SELECT lexeme FROM unnest(marks) WHERE left(lexeme, 1) <> '_'))
"""


def upgrade() -> None:
    words = f"UPDATE ticket_list_rows SET words = '' WHERE {OF_CONFIDENTIAL}"
    op.execute(sa.text(words))
    if op.get_bind().dialect.name == "postgresql":
        marks = f"UPDATE ticket_list_rows SET marks = {WITHOUT_WORDS} WHERE {OF_CONFIDENTIAL}"
        op.execute(sa.text(marks))


def downgrade() -> None:
    pass
