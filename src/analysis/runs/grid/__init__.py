"""Grids: one notebook over many values of a parameter or of a column of its table."""
