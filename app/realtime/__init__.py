"""Facts on their way to browsers: numbered facts to desks, a coalesced board to everybody."""
