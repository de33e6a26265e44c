"""The demonstration: a made-up city to try the workstation in. Absent from a live site."""
