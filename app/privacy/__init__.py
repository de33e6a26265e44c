"""Personal data: how much of it a reader sees, who saw it, and until when it is uncovered."""
