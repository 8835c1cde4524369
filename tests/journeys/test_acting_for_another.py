"""People who act for others: an enterprise, a handler within two items, a parent, a clerk at the window."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from idp import clock
from idp.mandates import age
from tests.journeys.sandbox import Sandbox
from tests.journeys.test_console import enter, planted
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey

STORY = "acting-for-another"
ENTERPRISE = "杭州示例科技有限公司"


def arrive(browser: Walk, sandbox: Sandbox, username: str, path: str = "/login") -> None:
    """Log in at the county site as far as the page that asks whom to act for."""
    person = planted(sandbox, username)
    browser.open(sandbox.url("county", path))
    browser.is_at("/login")
    browser.log_in(person)
    browser.enter_code(person)


def choose(browser: Walk, name: str) -> None:
    """Go on as the one with that name."""
    browser.is_at("/choose-identity")
    browser.page.locator("button[data-account]", has_text=name).click()


def stay_logged_in(browser: Walk) -> None:
    """Go on as the same person to the page that asks whom to act for; nothing is typed."""
    browser.is_at("/choose-(account|identity)")
    if "/choose-account" in browser.page.url:
        browser.page.locator("button[data-account]").first.click()
    browser.is_at("/choose-identity")


def appoint_zhangwei(browser: Walk) -> str:
    """Let 王芳 appoint him for one item and three months; return the page of the mandate."""
    browser.open(f"{browser.sandbox.issuer}/account/enterprises")
    browser.look(STORY, "enterprises")
    browser.page.locator("[data-enterprise='91330106MA28FAKE9N']").click()
    browser.look(STORY, "enterprise")
    browser.page.click("#appoint")
    browser.look(STORY, "appoint")
    browser.page.fill("#holder", "zhangwei")
    browser.page.fill("#holder_name", "张伟")
    browser.page.locator("input[name=item][value=estate-query]").check()
    last = age.today(clock.now()) + timedelta(days=90)
    browser.page.fill("#expires_on", last.isoformat())
    browser.page.click("#appoint-submit")
    browser.is_at("/account/mandates/[0-9a-f-]{36}$")
    browser.look(STORY, "appointed")
    return browser.page.url


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_wangfang_acts_for_her_enterprise_and_for_herself_and_appoints_a_handler(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    browser = walk(look)
    arrive(browser, sandbox, "wangfang")
    browser.is_at("/choose-identity")
    browser.look(STORY, "choose")
    choose(browser, ENTERPRISE)
    browser.is_at_site("county")
    as_enterprise = browser.me("county")
    assert as_enterprise is not None
    assert "act" in as_enterprise
    # To herself, without logging in again.
    browser.open(sandbox.url("county", "/login?switch=1"))
    stay_logged_in(browser)
    browser.page.click("#identity-self")
    browser.is_at_site("county")
    as_herself = browser.me("county")
    assert as_herself is not None
    assert "act" not in as_herself
    assert as_herself["sub"] != as_enterprise["sub"]

    mandate = appoint_zhangwei(browser)
    invited = walk(look)
    invited.open(mandate)
    zhangwei = planted(sandbox, "zhangwei")
    invited.log_in(zhangwei)
    invited.enter_code(zhangwei)
    invited.is_at("/account/mandates/[0-9a-f-]{36}$")
    invited.look(STORY, "asked")
    invited.page.click("#mandate-confirm")
    invited.is_at("/account/mandates$")
    invited.look(STORY, "mine")

    browser.open(mandate)
    browser.page.click("#mandate-end")
    browser.look(STORY, "end")
    browser.page.click("#end-confirm")
    browser.is_at("/account/mandates$")
    invited.open(f"{sandbox.issuer}/account/mandates")
    expect(invited.page.locator(f"[data-mandate='{mandate.rpartition('/')[2]}']").first).to_be_attached()


def test_zhaoqiang_acts_within_his_two_items_and_is_refused_outside(
    walk: Callable[..., Walk], sandbox: Sandbox
) -> None:
    browser = walk("zh-desktop")
    arrive(browser, sandbox, "zhaoqiang", "/query")
    browser.is_at("/(choose-identity|query)")
    if "/choose-identity" in browser.page.url:
        choose(browser, ENTERPRISE)
    browser.is_at_site("county", "/query")
    found = browser.me("county")
    assert found is not None
    assert "act" in found
    browser.open(sandbox.url("county", "/mortgage"))
    stay_logged_in(browser)
    browser.sees("#no-mandate")
    browser.look(STORY, "refused")


def test_liuyang_acts_for_her_child(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    browser = walk("zh-phone")
    arrive(browser, sandbox, "liuyang")
    browser.look(STORY, "parent")
    choose(browser, "刘一诺")
    browser.is_at_site("county")
    found = browser.me("county")
    assert found is not None
    assert "act" in found
    browser.open(f"{sandbox.issuer}/account/wards")
    browser.look(STORY, "wards")


@pytest.mark.parametrize("look", ["zh-desktop", "en-phone"])
def test_wujie_runs_an_assisted_session_for_lina(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    # Somebody was there before: that makes the county's site known.
    walk(look).open(sandbox.url("county", "/login"))
    browser = enter(walk, sandbox, look, "wujie")
    lina = planted(sandbox, "lina")
    assert lina.phone
    browser.open(f"{sandbox.issuer}/assisted")
    browser.page.fill("#principal", lina.phone)
    browser.page.select_option("#service", f"{sandbox.entity_id('county')} estate-query")
    browser.look(STORY, "assist")
    browser.page.click("#assist-submit")
    browser.is_at("/assisted/[0-9a-f-]{36}$")
    browser.look(STORY, "spoken-code")
    browser.page.fill("#code", sandbox.code_sent_to(lina.phone))
    browser.page.click("#code-submit")
    browser.sees("#assisted[data-state=running]")
    browser.sees("[data-countdown-text]", re.compile(r"\d+"))
    browser.look(STORY, "assisted")
    here = browser.page.url
    browser.page.click("#extend")
    browser.is_at(re.escape(here))
    browser.open(sandbox.url("county", "/login?acr=urn:tongxing:loa:assisted"))
    browser.is_at_site("county")
    found = browser.me("county")
    assert found is not None
    assert found["acr"] == "urn:tongxing:loa:assisted"
    assert "act" in found
    browser.open(here)
    browser.page.click("#assist-end")
    browser.is_at("/assisted$")
    browser.look(STORY, "finished")
