"""Cells as planners write them: numbers with units, dates, yes and no."""
