"""A whole exchange without wires: callers, phones and recordings made up, promises kept."""
