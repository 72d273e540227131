"""nbconvert set to the house: own template, own filters, no step that the page does not need.

Imported only when a page is made; see :func:`analysis.reports.page.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode

from analysis.reports import markup

TEMPLATES = Path(__file__).parent / "templates"
Arrange = Callable[[NotebookNode], Mapping[str, Any]]


class PageExporter(HTMLExporter):
    """HTML by the house template, escaping every text that is not marked as safe markup.

    Args:
        arrange: Gives, for a notebook, the values that the template shows.
    """

    def __init__(self, arrange: Arrange) -> None:
        self._arrange = arrange
        super().__init__(  # type: ignore[no-untyped-call]
            template_name="page",
            template_file="report.html.j2",
            template_paths=[str(TEMPLATES)],
            default_preprocessors=[],
            optimistic_validation=True,
        )
        self.register_preprocessor(self._prepare)  # type: ignore[no-untyped-call]

    def _prepare(
        self, notebook: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Arrange the notebook for the template, as an nbconvert preprocessor."""
        resources["page"] = self._arrange(notebook)
        return notebook, resources

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.undefined = StrictUndefined
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.filters.update(
            prose=markup.prose,
            code=markup.code,
            named=markup.named,
            printed=markup.printed,
            text=markup.text_of,
        )
        return environment

    def from_notebook_node(  # type: ignore[override]  # as in the parent
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert, without parsing and writing the finished page once more.

        The parent does that to add alternative texts to pictures; here every picture has one.
        """
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)
