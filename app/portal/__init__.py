"""The public face: how far a demand has come."""
