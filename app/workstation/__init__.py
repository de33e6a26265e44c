"""The agent's one screen: the call, the caller, what is open, what to answer, what to write."""
