"""Logging in with a certificate behind the proxy's header (RFC 9440), also when it is revoked in between."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509

from idp import background, clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.authenticators import enrolled, sc
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence
from idp.setting_sections import Sms
from tests.accounts.gateway import Gateway
from tests.authenticators.authority import Authority
from tests.pages import certified as behind_proxy
from tests.pages.certified import ROOT, tie, visitor
from tests.person import Person
from tests.provider import ISSUER, NewProvider, Provider


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., None]:
    """A function that writes the authority's list of revoked certificates."""
    return partial(behind_proxy.publish, tmp_path)


@pytest.fixture
def certified(new_provider: NewProvider, tmp_path: Path, gateway: Gateway) -> Provider:
    """A provider behind a proxy that asks browsers for certificates."""
    return new_provider(sms=Sms(url=gateway.url), **behind_proxy.settings(tmp_path))


@pytest.fixture
def person(certified: Provider) -> Person:
    return certified.person()


def test_its_owner_is_in(certified: Provider, person: Person) -> None:
    certificate = ROOT.issue()
    tie(certified, person, certificate)
    browser = visitor(certified, certificate)
    browser.go("/login/certificate")
    assert "苏力" in browser.response.get_data(as_text=True)
    browser.send("certificate-login")
    assert browser.is_at("/account")
    browser.go("/account/sessions")
    assert "certificate" in "".join(browser.page.texts)


def test_the_button_is_there_only_where_it_works(certified: Provider, provider: Provider) -> None:
    assert 'id="login-certificate"' in visitor(certified).go("/login").get_data(as_text=True)
    assert 'id="login-certificate"' not in visitor(provider).go("/login").get_data(as_text=True)
    assert visitor(provider).go("/login/certificate").status_code == 404


def test_only_the_proxy_says_what_was_shown(certified: Provider, person: Person) -> None:
    certificate = ROOT.issue()
    tie(certified, person, certificate)
    stranger = visitor(certified, certificate)
    stranger.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    stranger.go("/login/certificate")
    assert "苏力" not in stranger.response.get_data(as_text=True)
    assert 'id="certificate-again"' in stranger.response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("certificate", "told"),
    [
        (ROOT.issue(), "belongs to no account"),
        (Authority("别家").issue(), "not accepted"),
        (ROOT.issue(days=-1, since=-9), "expired"),
    ],
    ids=["unknown", "untrusted", "expired"],
)
def test_other_certificates_open_nothing(
    certified: Provider, certificate: x509.Certificate, told: str
) -> None:
    browser = visitor(certified, certificate)
    browser.go("/login/certificate")
    browser.send("certificate-login")
    assert browser.response.status_code == 403
    assert told in browser.response.get_data(as_text=True)
    assert browser.client.get_cookie("tongxing_session", domain="localhost") is None


@pytest.mark.parametrize("text", ["rubbish", "::", ":AAAA:", ":" + "A" * 8000 + ":"])
def test_an_unreadable_header_is_told(certified: Provider, text: str) -> None:
    browser = visitor(certified)
    browser.client.environ_base["HTTP_CLIENT_CERT"] = text
    browser.go("/login/certificate")
    assert browser.response.status_code == 200
    assert "could not be read" in browser.response.get_data(as_text=True)


def test_revoked_in_between(
    certified: Provider, person: Person, publish: Callable[..., None], gateway: Gateway
) -> None:
    certificate = ROOT.issue()
    tie(certified, person, certificate)
    with certified.context():
        account = accounts.get(person.id)
        evidence.add(account, "certificate", source="CA", digest=sc.digest(certificate).hex())
        commit()
    browser = visitor(certified, certificate)
    browser.go("/login/certificate")
    publish(certificate)
    browser.send("certificate-login")
    assert browser.response.status_code == 403
    assert "revoked" in browser.response.get_data(as_text=True)
    with certified.context():
        assert "sc" not in enrolled.of(person.id)
        account = accounts.get(person.id)
        assert "certificate" not in evidence.valid_codes(account, clock.now())
        told = [one.name for one in notice.recent(person.id)]
        assert told == ["level_lowered", "certificate_distrusted", "level_raised"]
        deliver_notices()
        events = db.session.query(AuditEvent).filter_by(account_id=person.id).all()
        assert {"certificate.distrusted", "login.failed"} <= {event.name for event in events}
    assert "notice_certificate_distrusted" in [sent["template"] for sent in gateway.messages]
    publish()
    browser.go("/login/certificate")
    browser.send("certificate-login")
    assert browser.response.status_code == 403, "whatever a later list leaves out"
    with certified.context():
        told = [one.name for one in notice.recent(person.id)]
        assert told.count("certificate_distrusted") == 1, "its owner is told once"


def deliver_notices() -> None:
    for message in db.session.query(OutboxMessage).filter_by(kind=notice.KIND).all():
        background.HANDLERS[message.kind](message)


def test_a_locked_account_stays_locked(certified: Provider, person: Person) -> None:
    certificate = ROOT.issue()
    tie(certified, person, certificate)
    with certified.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    browser = visitor(certified, certificate)
    browser.go("/login/certificate")
    browser.send("certificate-login")
    assert browser.response.status_code == 403
    assert "locked" in browser.response.get_data(as_text=True)


def test_at_its_own_port_the_way_leads_home(
    new_provider: NewProvider, tmp_path: Path, certified: Provider
) -> None:
    own = "http://localhost:8443"
    settings = certified.settings.certificates.model_copy(update={"login_url": own})
    provider = new_provider(trusted_proxies=("127.0.0.1",), certificates=settings)
    person, certificate = provider.person(), ROOT.issue()
    tie(provider, person, certificate)
    browser = visitor(provider, certificate)
    browser.go("/login")
    assert f'href="{own}/login/certificate?' in browser.response.get_data(as_text=True)
    browser.go("/login/certificate")
    assert "form-action 'self' http://localhost:*" in browser.response.headers["Content-Security-Policy"]
    browser.send("certificate-login", follow=False)
    assert browser.location.startswith(f"{ISSUER}/authorize/")
