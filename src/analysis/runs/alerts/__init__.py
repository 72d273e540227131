"""Alerts: what happened, whether somebody wants to know, and the message that says so."""
