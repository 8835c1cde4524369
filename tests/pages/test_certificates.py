"""Tying a certificate to one's account."""

from pathlib import Path

import pytest

from idp.accounts import notice
from idp.authenticators import client_certificate, enrolled
from tests.authenticators.authority import Authority
from tests.pages import certified as behind_proxy
from tests.pages.certified import ROOT, insert
from tests.person import Person, Visitor
from tests.provider import NewProvider, Provider

HERE = "/account/certificates"


@pytest.fixture
def certified(new_provider: NewProvider, tmp_path: Path) -> Provider:
    return new_provider(**behind_proxy.settings(tmp_path))


@pytest.fixture
def person(certified: Provider) -> Person:
    return certified.person()


@pytest.fixture
def browser(certified: Provider, person: Person) -> Visitor:
    made = behind_proxy.visitor(certified)
    made.go(f"/login?next={HERE}")
    made.log_in(person)
    assert made.is_at(HERE)
    return made


def test_the_certificate_in_the_reader_is_added(
    certified: Provider, person: Person, browser: Visitor
) -> None:
    assert 'id="certificate-again"' in browser.response.get_data(as_text=True)
    certificate = ROOT.issue("李娜")
    insert(browser, certificate)
    browser.go(HERE)
    assert "李娜" in browser.response.get_data(as_text=True)
    browser.send("certificate-add", values={"name": ""})
    assert browser.response.status_code == 400
    browser.send("certificate-add", values={"name": "蓝色 UKey"})
    assert browser.is_at("/account/sign-in-methods")
    assert "蓝色 UKey" in browser.response.get_data(as_text=True)
    assert "李娜 · " in browser.response.get_data(as_text=True)
    with certified.context():
        (kept,) = client_certificate.of_account(person.id)
        assert client_certificate.subject_of(kept) == "李娜"
        assert "李娜" not in kept.subject_sealed
        assert enrolled.of(person.id) >= {"sc", "pin"}
        assert notice.recent(person.id)[0].name == "certificate_added"


def test_what_could_not_log_in_is_not_added(
    certified: Provider, person: Person, browser: Visitor, tmp_path: Path
) -> None:
    revoked = ROOT.issue()
    behind_proxy.publish(tmp_path, revoked)
    for certificate in (Authority("别家").issue(), ROOT.issue(days=-1, since=-9), revoked):
        insert(browser, certificate)
        browser.go(HERE)
        browser.send("certificate-add", values={"name": "UKey"})
        assert browser.response.status_code == 403
    with certified.context():
        assert client_certificate.of_account(person.id) == []


def test_one_certificate_serves_one_account(certified: Provider, browser: Visitor) -> None:
    certificate = ROOT.issue()
    behind_proxy.tie(certified, certified.person(), certificate)
    insert(browser, certificate)
    browser.go(HERE)
    browser.send("certificate-add", values={"name": "UKey"})
    assert browser.response.status_code == 409
    assert "another account" in browser.response.get_data(as_text=True)


def test_where_none_are_taken_there_is_no_page(provider: Provider) -> None:
    assert behind_proxy.visitor(provider).go(HERE).status_code == 404
