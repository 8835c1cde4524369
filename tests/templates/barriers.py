"""Whether a page keeps people out: axe (WCAG 2.2 AA) in every view, sideways scrolling, targets, focus.

A page is loaded once for a language and a size of type and then looked at in each view: that is what a person with
that phone or that contrast would see, in a fraction of the time.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Literal

from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What can differ from view to view; all else is the same document.
OF_A_VIEW = (
    "color-contrast",
    "link-in-text-block",
    "scrollable-region-focusable",
    "target-size",
    "aria-hidden-focus",
)
# WCAG 2.2: 1.4.10 asks for 320 px; a desktop of 1280 px at 200 % is one of 640.
NARROWEST, ZOOMED = 320, 640


@dataclass(frozen=True)
class View:
    """How a page is looked at."""

    scheme: Literal["light", "dark"]
    width: int
    height: int


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = ((1280, 800), (375, 740))
VIEWS = tuple(View(scheme, width, height) for scheme, (width, height) in product(SCHEMES, SIZES))


def find(page: Page) -> list[str]:
    """Return what is wrong with the page that is open, in every view."""
    page.evaluate(_axe())
    found = []
    for number, view in enumerate(VIEWS):
        # Colours on their way from one to another are nobody's.
        page.emulate_media(color_scheme=view.scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": view.width, "height": view.height})
        found += [f"{view.scheme} {view.width}: {text}" for text in _violations(page, everything=number == 0)]
        found += _sideways(page, str(view.width))
    for width in (NARROWEST, ZOOMED):
        page.set_viewport_size({"width": width, "height": 512})
        found += _sideways(page, str(width))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += _sideways(page, "text of 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def _violations(page: Page, *, everything: bool) -> list[str]:
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": RULES} if everything else {"type": "rule", "values": OF_A_VIEW},
        "resultTypes": ["violations"],
    }
    result: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def _sideways(page: Page, view: str) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{view}: scrolls sideways by {wide}"] if wide > 0 else []


def low_targets(page: Page, least: int) -> list[str]:
    """Return the controls that are lower than *least* px and do not stand in a sentence (WCAG 2.2 §2.5.8)."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll(
            "button, .tx-btn, input.form-control, .tx-row, .tx-select, summary, nav a"
          )]
          .filter((e) => e.offsetParent && e.getBoundingClientRect().height < least - 0.5)
          .map((e) => `${e.getBoundingClientRect().height} ${e.outerHTML.slice(0, 120)}`)""",
        least,
    )
    return found


def small_letters(page: Page, least: int) -> list[str]:
    """Return where a letter is smaller than *least* px."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("body *")]
          .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
          .filter((e) => parseFloat(getComputedStyle(e).fontSize) < least)
          .map((e) => `letters of ${getComputedStyle(e).fontSize}: ${e.outerHTML.slice(0, 120)}`)""",
        least,
    )
    return found


def hidden_focus(page: Page, presses: int = 30) -> list[str]:
    """Return what takes the focus by Tab and does not show it, or is hidden behind the bar (§2.4.7, §2.4.11)."""
    found: list[str] = []
    for _ in range(presses):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const shown = [e, e.nextElementSibling].filter(Boolean).map((one) => getComputedStyle(one));
              const outlined = shown.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
              const box = e.getBoundingClientRect();
              const inView = box.bottom > 0 && box.top < innerHeight;
              return { outlined, inView, isDate: /^(date|time)/.test(e.type || ""), html: e.outerHTML.slice(0, 120) };
            }"""
        )
        if seen is None:
            return found
        # The parts of a date are the browser's own; it marks them itself.
        if not (seen["outlined"] and seen["inView"]) and not seen["isDate"]:
            found.append(seen["html"])
    return found


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
