"""Tells people in time: an outbox of messages, the texts they are made of, and the ways they go."""
