"""Lowest floor: errors, number and date formats, language, figure theme. Imports nothing above."""
