"""A day of calls played in virtual time on the real app: ledger, queue, deadlines, orders."""
