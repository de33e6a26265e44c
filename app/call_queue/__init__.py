"""The one queue: who waits, who is free, who gets whom; and what each agent is doing."""
