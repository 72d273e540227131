"""The fixtures of the small project, for every test of this folder."""

from tests.runs.small import make_notebook, project

__all__ = ["make_notebook", "project"]
