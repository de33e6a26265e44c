"""Figures by dated formulas: what is counted, what is left out, which tickets are behind it."""
