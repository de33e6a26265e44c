"""What stands behind `make`: standard library only, so that a bare Python can begin."""
