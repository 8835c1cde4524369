"""Becoming a guardian on the pages: of a child by the register, of an adult by a decision somebody has seen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.db import commit
from idp.identifiers import citizen_id
from idp.mandates import age
from idp.proofing import registers as asked
from tests.pages.acting import Actor, proven, said, send_directly
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import NewProvider, Provider

BORN = f"{clock.now().year - 6}0101"
CHILD = number(601, day=BORN)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterServer]:
    monkeypatch.setattr(asked, "FIRST_PAUSE", 0.01)
    made = RegisterServer(tmp_path)
    born = f"{BORN[:4]}-{BORN[4:6]}-{BORN[6:]}"
    made.respond = lambda question: made.signed(
        question, "match", {"relation": "father", "child_birthdate": born}
    )
    yield made
    made.close()


@pytest.fixture
def provider_(new_provider: NewProvider, server: RegisterServer) -> Provider:
    return new_provider(registers=server.settings(timeout=1.0))


@pytest.fixture
def liuyang(provider_: Provider) -> Actor:
    actor = proven(provider_, "刘洋")
    with provider_.context():
        account = accounts.get(actor.id)
        identities.bind(account, identities.parse(citizen_id.TYPE, number(602)), name="刘洋")
        commit()
    return actor


def test_a_parent_adds_a_child(liuyang: Actor) -> None:
    browser = liuyang.browser
    browser.go("/account/wards")
    assert "You look after nobody here yet" in said(browser)
    browser.go("/account/wards/child")
    browser.send("child-submit", values={"name": "刘小宝", "number": "12"})
    assert browser.response.status_code == 400
    browser.send("child-submit", values={"name": "刘小宝", "number": CHILD})
    assert "You can act for your child now" in said(browser)
    assert "You act for your child and consent to data for it" in said(browser)
    browser.go("/account/wards/child")
    assert browser.send("child-submit", values={"name": "刘小宝", "number": CHILD}).status_code == 409


def test_a_register_that_is_away_is_said_plainly(liuyang: Actor, server: RegisterServer) -> None:
    server.respond = lambda question: problem(503)
    liuyang.browser.go("/account/wards/child")
    liuyang.browser.send("child-submit", values={"name": "刘小宝", "number": CHILD})
    assert liuyang.browser.response.status_code == 503
    assert "The register does not answer just now" in said(liuyang.browser)


def test_an_adult_ward_waits_for_an_official(provider_: Provider, liuyang: Actor) -> None:
    ward = proven(provider_, "被监护人", enters=False)
    browser = liuyang.browser
    browser.go("/account/wards/adult")
    values = {"holder": ward.person.username, "holder_name": ward.person.name, "evidence_number": ""}
    assert browser.send("adult-submit", values=values).status_code == 400
    values["evidence_number"] = "（2026）浙0106民特12号"
    values["expires_on"] = (age.today(clock.now()) + timedelta(days=300)).isoformat()
    browser.send("adult-submit", values=values)
    assert "Show the decision at a service counter" in said(browser)
    assert "waits for an official" in said(browser)


def test_becoming_a_guardian_needs_a_fresh_login(liuyang: Actor) -> None:
    with clock.shifted(timedelta(minutes=6)):
        for path in ("/account/wards/child", "/account/wards/adult"):
            liuyang.browser.go(path)
            assert not liuyang.browser.is_at(path)
            assert send_directly(liuyang.browser, path) == 303
