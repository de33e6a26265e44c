"""The life of a ticket after it was opened: who handles it, by when, and what the citizen hears."""
