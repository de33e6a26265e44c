"""Calls: one conversation from the carrier's INVITE to the hang-up, as a ledger of rows."""
