"""Schedules: what ``schedule.toml`` says, when its jobs are due, and a runner that loses none."""
