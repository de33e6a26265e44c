"""A single character is a mark of its own: lists find it like any other, without its pairs."""

from alembic import op

revision = "0056_single_characters_marked"
down_revision = "0055_steps_by_their_moment"
branch_labels = None
depends_on = None

# The same characters that `pairs_of` gives; `words` holds runs of them with a blank between. Added
# without the index, as in 0052.
MARKED = """
UPDATE ticket_list_rows
SET marks = marks || array_to_tsvector(string_to_array(replace(words, ' ', ''), NULL))
WHERE words <> ''
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite reads the words themselves
    op.drop_index("ix_ticket_list_rows_marks", "ticket_list_rows")
    op.execute(MARKED)
    op.create_index(
        "ix_ticket_list_rows_marks", "ticket_list_rows", ["marks"], postgresql_using="gin"
    )


def downgrade() -> None:
    """Leave them: a character alone is found as the beginning of something by the older way too."""
