"""axe-core on an open page: what a reader with a screen reader or a keyboard would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from playwright.sync_api import Page

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
GRAVE = ("serious", "critical")


def stumbles(tab: Page) -> list[str]:
    """Return rule, impact and first element of each serious or critical finding, all unfolded."""
    tab.evaluate(UNFOLD)
    found = Axe().run(tab).response
    assert len(found["passes"]) > 10
    return [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in GRAVE
    ]
