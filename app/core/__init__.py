"""The foundation: what every room stands on, and nothing about hotlines."""
