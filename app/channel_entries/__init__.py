"""What reached the city elsewhere: the register of its channels, and what their units enter."""
