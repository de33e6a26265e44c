"""Demands that come as text: one desk, a clock for each, an answer or a ticket."""
