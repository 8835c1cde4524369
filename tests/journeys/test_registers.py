"""The sandbox's registers as a visitor sees them: numbers to copy, things to show, things that happen, faults."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from idp.sandbox import cast
from idp.sandbox.registers import presentations
from tests.journeys.walk import LOOKS, PICTURES, RULES
from tests.proofing.served_registers import ServedRegisters

pytestmark = pytest.mark.journey
LINA = next(one for one in cast.people() if one.username == "lina")
COMPANY = cast.companies()[0]


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[ServedRegisters]:
    made = ServedRegisters(tmp_path)
    yield made
    made.close()


def look(page: Page, name: str) -> None:
    folder = PICTURES / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    found = Axe().run(page, options=RULES)
    assert not found.response["violations"], f"{name}: {found.generate_report()}"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide}"


@pytest.mark.parametrize("device", ["zh-desktop", "en-phone", "en-phone-dark"])
def test_a_visitor_looks_around_and_makes_things_happen(
    new_page: Callable[..., Page], registers: ServedRegisters, device: str
) -> None:
    page = new_page(**LOOKS[device])
    page.goto(f"{registers.url}/")
    expect(page.locator("#sandbox")).to_contain_text("SANDBOX")
    expect(page.locator("[data-person=lina]")).to_contain_text(LINA.bank_card)
    look(page, f"01-start-{device}")
    page.click("[data-person=lina] a")
    expect(page.locator("#number")).to_have_text(LINA.number)
    look(page, f"02-person-{device}")
    page.click("button[value=network-id]")
    shown = page.input_value("#shown-text")
    assert registers.running.registry.presentations.find(shown, presentations.NETWORK_ID) is not None
    look(page, f"03-shown-{device}")
    page.click("button[value=card_lost]")
    expect(page.locator("#switched")).to_be_visible()
    expect(page.locator(".rg-head")).to_contain_text("card lost")
    page.goto(f"{registers.url}/enterprises/{COMPANY.uscc}")
    page.click("button[value=dissolved]")
    expect(page.locator(".rg-head")).to_contain_text("dissolved")
    look(page, f"04-enterprise-{device}")
    page.goto(f"{registers.url}/people?q=阿依")
    look(page, f"05-found-{device}")
    page.goto(f"{registers.url}/faults")
    page.select_option("select[name=bank]", "down")
    page.click("#faults button[type=submit]:not([name])")
    expect(page.locator(".rg-wrong")).to_contain_text("bank = down")
    expect(page.locator("#notices tbody tr")).to_have_count(2)
    look(page, f"06-faults-{device}")
