"""The shift leader's board: who waits, who does what, and the figures of the day."""
