"""The switchboard: the one place that hears exchanges, routes, sends and keeps deadlines."""
