"""The duty roster (值班表): who answers for a unit at a moment, and who is told if not."""
