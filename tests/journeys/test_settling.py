"""What a person settles about the account itself: another phone, messages, a copy of everything, going and staying."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.waiting import eventually

pytestmark = pytest.mark.journey
STORY = "settling"


def test_a_phone_is_changed_and_its_old_owner_takes_it_back(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    person = sandbox.person(phone="+8613700137001")
    stranger = walk("en-desktop")
    stranger.open(f"{sandbox.issuer}/account/phone")
    stranger.log_in(person)
    stranger.page.fill("#phone", "137 0013 7002")
    stranger.look(STORY, "phone")
    stranger.page.click("#phone-submit")
    stranger.page.fill("#code", sandbox.code_sent_to("+8613700137002"))
    stranger.page.click("#code-submit")
    stranger.is_at("/account/settings$")
    stranger.look(STORY, "settings")

    eventually(lambda: link_in(sandbox.last_message_to("+8613700137001")))
    link = link_in(sandbox.last_message_to("+8613700137001"))
    owner = walk("zh-phone")
    owner.open(link)
    owner.look(STORY, "restore")
    owner.page.click("#restore-phone")
    owner.sees("[data-state=restored]")
    stranger.open(f"{sandbox.issuer}/account")
    stranger.is_at("/login")


def link_in(text: str) -> str:
    found = re.search(r"https?://\S*/phone/restore/[A-Za-z0-9_-]+", text)
    return found[0] if found else ""


def test_everything_is_taken_along_and_the_account_stays_after_all(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    person = sandbox.person()
    browser = walk("zh-phone")
    browser.open(f"{sandbox.issuer}/account/export")
    browser.log_in(person)
    with browser.page.expect_download() as download:
        browser.page.click("#export-file")
    file = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert file["account"][0]["name"] == person.name
    browser.page.click("#export-read")
    browser.sees("#export-account")
    browser.look(STORY, "readable")
    browser.open(f"{sandbox.issuer}/account/inbox")
    browser.page.click("[data-notice=export_made]")
    browser.sees("#notice-not-me")
    browser.look(STORY, "notice")
    browser.open(f"{sandbox.issuer}/account/close")
    browser.look(STORY, "close")
    browser.page.check("#understood")
    browser.page.click("#close-submit")
    browser.is_at("/account/keep$")
    browser.look(STORY, "keep")
    browser.page.click("#keep-submit")
    expect(browser.page.locator(".tx-notice")).to_be_visible()
