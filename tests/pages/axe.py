"""Looks for barriers on a page with axe-core: WCAG 2.2, levels A and AA."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path("app/frontend/node_modules/axe-core/axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def barriers(page: Page) -> list[str]:
    """Return each barrier with the first element that has it.

    The script is handed to the browser by the driver: the page's own policy lets in no foreign one.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    assert found["testEngine"]["name"] == "axe-core"
    assert found["passes"], "axe looked at nothing"
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} — {one['nodes'][0]['failureSummary'][:300]}"
        for one in found["violations"]
    ]
