"""The people who call: who may be behind a number."""
