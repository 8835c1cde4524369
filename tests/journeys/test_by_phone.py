"""A phone in the hand: it lets another screen in, gets a code, and gets somebody back into their account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.journeys.sandbox import Sandbox
from tests.journeys.walk import Walk
from tests.person import PASSWORD
from tests.waiting import eventually

pytestmark = pytest.mark.journey
LOOKS = [("zh-desktop", "zh-phone"), ("en-desktop", "en-phone")]
_free = iter(range(1000))


def number() -> str:
    return f"+86137{next(_free) + 55_000_000:08}"


def address_on(screen: Walk) -> str:
    """What the phone's camera reads: the picture is for this screen, so the screen's own handle stands in."""
    handle = screen.page.locator("input[name=handle]").get_attribute("value")
    return f"{screen.sandbox.issuer}/qr/{handle}"


@pytest.mark.parametrize(("desk", "hand"), LOOKS)
def test_a_phone_lets_a_pc_in_by_qr_code(
    walk: Callable[..., Walk], sandbox: Sandbox, desk: str, hand: str
) -> None:
    person, story = sandbox.person(), "qr"
    sandbox.prove(person, "phone", "register")
    phone, pc = walk(hand), walk(desk)
    phone.open(f"{sandbox.issuer}/account")
    phone.log_in(person)
    phone.is_at(f"^{sandbox.issuer}/account$")
    pc.open(sandbox.url("province", "/login"))
    pc.look(story, "ways")
    pc.page.click("#login-qr")
    pc.is_at("/login/qr")
    pc.sees_picture(".tx-qr")
    pc.look(story, "code")
    shown = pc.page.locator("#qr-number").inner_text()
    phone.open(address_on(pc))
    phone.look(story, "asked")
    phone.page.check(f"#number-{shown}")
    phone.page.click("#qr-approve")
    phone.sees("#qr-answer[data-state=approved]")
    phone.look(story, "approved")
    # Nobody touches the PC: its page notices.
    if pc.page.url.startswith(sandbox.issuer):
        pc.page.wait_for_url(lambda url: "/login/qr" not in url)
    if "/consent" in pc.page.url:
        pc.page.click("#consent-allow")
    pc.is_at_site("province")
    pc.look(story, "in")
    claims = pc.me("province")
    assert claims is not None
    # One factor, whatever the phone had: level 2 at most, which is what this site asks.
    assert (claims["amr"], claims["acr"]) == (["qr"], "urn:tongxing:loa:2")


def test_a_wrong_number_and_a_no_let_nobody_in(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, story = sandbox.person(), "qr-refused"
    phone, pc = walk("zh-phone"), walk("zh-desktop")
    phone.open(f"{sandbox.issuer}/account")
    phone.log_in(person)
    for press in ("wrong", "deny"):
        pc.open(f"{sandbox.issuer}/login/qr")
        shown = pc.page.locator("#qr-number").inner_text()
        phone.open(address_on(pc))
        if press == "wrong":
            labels = phone.page.locator(".tx-numbers label").all_inner_texts()
            phone.page.check(f"#number-{next(one for one in labels if one != shown)}")
            phone.page.click("#qr-approve")
        else:
            phone.page.click("#qr-deny")
        phone.look(story, f"phone-{press}")
        pc.sees(f"#qr-state[data-state={'wrong_number' if press == 'wrong' else 'denied'}]")
        pc.look(story, f"pc-{press}")


def test_without_scripts_a_button_does_it(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person = sandbox.person()
    phone = walk("en-phone", java_script_enabled=False)
    pc = walk("en-desktop", java_script_enabled=False)
    phone.open(f"{sandbox.issuer}/account")
    phone.log_in(person)
    pc.open(f"{sandbox.issuer}/login/qr")
    pc.page.click("#qr-check")
    pc.sees(".tx-notice")
    shown = pc.page.locator("#qr-number").inner_text()
    phone.open(address_on(pc))
    phone.page.check(f"#number-{shown}")
    phone.page.click("#qr-approve")
    pc.page.click("#qr-check")
    pc.is_at(f"^{sandbox.issuer}/account$")


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_a_code_by_message_opens(walk: Callable[..., Walk], sandbox: Sandbox, look: str) -> None:
    person, story = sandbox.person(phone=number()), "by-message"
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/login")
    browser.page.click("#login-sms")
    browser.look(story, "number")
    browser.page.fill("#phone", str(person.phone).removeprefix("+86"))
    browser.page.click("#login-sms-submit")
    browser.is_at("/login/sms/code")
    browser.look(story, "code")
    browser.page.fill("#code", sandbox.code_sent_to(str(person.phone)))
    browser.page.click("#code-submit")
    browser.is_at(f"^{sandbox.issuer}/account$")


@pytest.mark.parametrize("look", ["zh-phone", "en-desktop"])
def test_back_into_an_account_and_nobody_else_is_in(
    walk: Callable[..., Walk], sandbox: Sandbox, look: str
) -> None:
    person, story = sandbox.person(phone=number()), "recovery"
    elsewhere = walk("en-desktop")
    elsewhere.open(f"{sandbox.issuer}/account")
    elsewhere.log_in(person)
    elsewhere.is_at(f"^{sandbox.issuer}/account$")
    browser = walk(look)
    browser.open(f"{sandbox.issuer}/login")
    browser.page.click("#recovery")
    browser.look(story, "number")
    browser.page.fill("#phone", str(person.phone))
    browser.page.click("#recovery-submit")
    browser.page.fill("#code", sandbox.code_sent_to(str(person.phone)))
    browser.page.click("#code-submit")
    browser.is_at("/recovery/start")
    browser.look(story, "proven")
    browser.page.click("#recovery-start")
    ticket = browser.page.locator("#recovery-ticket").inner_text()
    browser.look(story, "ticket")
    browser.page.click("#recovery-continue")
    browser.sees("#recovery-state[data-state=waiting]")
    browser.look(story, "waiting")
    sandbox.age_recovery(person, timedelta(hours=2))
    later = walk(look)
    later.open(f"{sandbox.issuer}/recovery/resume")
    later.look(story, "resume")
    later.page.fill("#ticket", ticket.lower())
    later.page.click("#ticket-submit")
    later.is_at("/recovery/password")
    later.look(story, "password")
    later.page.fill("#new_password", "明天会更好 better than before")
    later.page.click("#password-submit")
    later.is_at("/recovery/done")
    later.look(story, "done")
    elsewhere.open(f"{sandbox.issuer}/account")
    elsewhere.is_at(f"^{sandbox.issuer}/login")
    later.page.click("#recovery-login")
    later.log_in(person, "明天会更好 better than before")
    later.is_at(f"^{sandbox.issuer}/account$")


def test_the_notice_stops_a_stranger(walk: Callable[..., Walk], sandbox: Sandbox) -> None:
    person, story = sandbox.person(phone=number()), "recovery-stopped"
    stranger = walk("zh-desktop")
    stranger.open(f"{sandbox.issuer}/recovery")
    stranger.page.fill("#phone", str(person.phone))
    stranger.page.click("#recovery-submit")
    stranger.page.fill("#code", sandbox.code_sent_to(str(person.phone)))
    stranger.page.click("#code-submit")
    stranger.page.click("#recovery-start")
    stranger.page.click("#recovery-continue")
    sent: list[str] = []

    def told() -> bool:
        found = re.search(r"https?://\S+/recovery/stop/[\w-]+", sandbox.last_message_to(str(person.phone)))
        sent[:] = [found[0]] if found else []
        return bool(found)

    eventually(told)
    owner = walk("zh-phone")
    owner.open(sent[0])
    owner.look(story, "asked")
    owner.page.click("#recovery-stop")
    owner.sees("#recovery-stop-state[data-state=stopped]")
    owner.look(story, "stopped")
    stranger.page.reload()
    stranger.sees("#recovery-state[data-state=stopped]")
    stranger.look(story, "stranger")
    owner.open(f"{sandbox.issuer}/login")
    owner.log_in(person, PASSWORD)
    owner.is_at(f"^{sandbox.issuer}/account$")
