"""Recordings of calls: received, checked, linked, played."""
