"""Reproducible analysis workbench for promotion planning."""

__version__ = "0.1.0"
