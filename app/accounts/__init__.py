"""People who sign in: their roles, passwords, second steps and sessions."""
