"""A consent that can be shown to anybody: the receipt is printed and downloaded, checked, tampered with and refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journey.levels import P3
from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import PICTURES, Walk
from tests.person import Person

pytestmark = pytest.mark.journey
STORY = "receipts"


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_a_receipt_is_kept_checked_tampered_with_and_refused(
    walk: Callable[..., Walk], sandbox: Sandbox, tmp_path: Path, look: str
) -> None:
    person, browser = sandbox.person(evidence=P3, totp=True), walk(look)
    agree_at_the_province(browser, person)
    browser.open(f"{sandbox.issuer}/account/receipts")
    browser.look(STORY, "receipts")
    browser.page.click("[data-receipt]")
    browser.is_at(r"/account/receipts/[0-9a-f-]{36}/1$")
    browser.sees_picture(".tx-receipt .tx-qr")
    browser.look(STORY, "receipt")
    print_it(browser)
    files = {kind: download(browser, f"#receipt-27560-{kind}", tmp_path) for kind in ("json", "jwt")}
    assert person.name not in files["json"].read_text(encoding="utf-8")

    # Somebody who has nothing but the file.
    other = walk(look)
    other.open(f"{sandbox.issuer}/account/receipts/verify")
    other.look(STORY, "verify")
    assert checked(other, files["json"].read_text(encoding="utf-8")) == "genuine"
    other.look(STORY, "genuine")
    other.page.set_input_files("#file", files["jwt"])
    other.page.click("#verify-submit")
    expect(other.page.locator("#verdict")).to_have_attribute("data-verdict", "genuine")

    text = files["json"].read_text(encoding="utf-8")
    assert checked(other, text.replace('"pii_optional": false', '"pii_optional": true', 1)) == "text_changed"
    other.look(STORY, "text-changed")
    token = files["jwt"].read_text()
    middle = len(token) // 2
    one_byte = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    assert checked(other, one_byte) == "changed"
    other.look(STORY, "changed")

    # Somebody who points a phone at the paper.
    other.open(sandbox.printed_code(person, "province"))
    other.sees("#verdict[data-verdict=genuine]")
    other.look(STORY, "paper")
    expect(other.page.locator("main")).not_to_contain_text(person.name)


def agree_at_the_province(browser: Walk, person: Person) -> None:
    browser.open(browser.sandbox.url("province", "/login"))
    browser.log_in(person)
    browser.enter_code(person)
    browser.is_at("/consent")
    browser.page.click("#consent-allow")
    browser.is_at_site("province")


def print_it(browser: Walk) -> None:
    """Look at it as it comes out of a printer: one page, black on white, nothing to press."""
    expect(browser.page.locator("#receipt-print")).to_be_visible()
    browser.page.emulate_media(media="print", color_scheme="dark")
    for gone in (".tx-account-nav", "#receipt-print", ".tx-footer", "#receipt-27560-json"):
        expect(browser.page.locator(gone)).to_be_hidden()
    ink = browser.page.locator(".tx-receipt").evaluate("(it) => getComputedStyle(it).color")
    assert ink == "rgb(0, 0, 0)"
    browser.page.screenshot(path=PICTURES / STORY / f"printed-{browser.name}.png", full_page=True)
    browser.page.emulate_media(media="screen", color_scheme="light")


def download(browser: Walk, link: str, folder: Path) -> Path:
    with browser.page.expect_download() as expected:
        browser.page.click(link)
    file = folder / expected.value.suggested_filename
    expected.value.save_as(file)
    return file


def checked(browser: Walk, text: str) -> str:
    browser.page.fill("#receipt", text)
    browser.page.click("#verify-submit")
    browser.sees("#verdict[data-verdict]")
    return browser.page.locator("#verdict").get_attribute("data-verdict") or ""
