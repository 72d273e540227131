"""What a reader sees: the notebook's side (``begin``), the publisher's side (``page``, ``index``).

In a notebook::

    report = reports.begin(lang=lang)
    report.headline(result.summary(lang), numbers=[...])

``report.*`` displays; under a run it also writes into the run folder. Under JupyterLab and nbval
it writes nothing.
"""

from analysis.reports.notebook import Report, begin

__all__ = ["Report", "begin"]
