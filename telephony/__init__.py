"""The wires: exchanges behind one port. No Flask, no database, no rules of ours."""
