"""Pages of those who work on tickets: dispatchers, counties, units, auditors, call-back agents."""
