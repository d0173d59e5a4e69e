"""Looking at pages as everybody must be able to: axe-core, wide and on a phone, and nothing to scroll sideways for."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1280, 360)
NARROWEST = 320
"""CSS pixels that a page must fit in without scrolling sideways (WCAG 2.2, 1.4.10 Reflow)."""
TOO_WIDE = """narrowest => {
  const boxes = [document.scrollingElement, ...document.querySelectorAll("dialog")];
  return boxes.some(box => box.scrollWidth > Math.max(narrowest, box.clientWidth));
}"""


class Eyes:
    """Looks at one page after the other and collects what is wrong, each with the page's name."""

    def __init__(self) -> None:
        self.axe = Axe()
        self.found: list[str] = []
        self.seen: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """The page in its present state, once it is there."""
        self.seen.append(name)
        page.wait_for_load_state()  # a click returns when the next page starts to load
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for each in self.axe.run(page).response["violations"]:
                places = [" ".join(map(str, node["target"])) for node in each["nodes"]]
                self.found.append(f"{name} at {width}: {each['id']} ({each['impact']}) in {', '.join(places)}")
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        if page.evaluate(TOO_WIDE, NARROWEST):
            self.found.append(f"{name} at {NARROWEST}: scrolls sideways")
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
