"""A certificate as a proof of name: offered only where authorities are configured, revoked in between or not."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from idp import clock
from idp.accounts import account as accounts
from idp.proofing import certificate_holder, evidence
from idp.setting_sections import Certificates
from tests.authenticators.authority import Authority, header, new_key, pem
from tests.person import Person, Visitor
from tests.proofing.conftest import number
from tests.provider import ISSUER, NewProvider, Provider

ROOT = Authority()
HERE = "/account/proofing/certificate"


def issue(identity: str, authority: Authority = ROOT) -> x509.Certificate:
    """A person's certificate that says their number, as Chinese authorities write it."""
    now = clock.now()
    ends = now + timedelta(days=365)
    builder = authority._builder("李娜", new_key().public_key(), now - timedelta(days=1), ends)
    code = x509.UnrecognizedExtension(certificate_holder.IDENTIFY_CODE, identity.encode())
    return authority._sign(builder.add_extension(code, critical=False))


@pytest.fixture
def certified(new_provider: NewProvider, tmp_path: Path) -> Provider:
    """A provider behind a proxy that asks browsers for certificates."""
    (tmp_path / "authorities.pem").write_bytes(ROOT.pem)
    revoke(tmp_path)
    files = Certificates(
        authorities_file=str(tmp_path / "authorities.pem"), revocation_file=str(tmp_path / "revoked.pem")
    )
    return new_provider(trusted_proxies=("127.0.0.1",), certificates=files)


def revoke(folder: Path, *certificates: x509.Certificate) -> None:
    (folder / "revoked.pem").write_bytes(pem(ROOT.revocation_list(*certificates)))


def enter(provider: Provider, person: Person, certificate: x509.Certificate | None = None) -> Visitor:
    visitor = Visitor(provider.app, ISSUER, language="en")
    visitor.go("/login")
    visitor.log_in(person)
    if certificate is not None:
        visitor.client.environ_base["HTTP_CLIENT_CERT"] = header(certificate)
    visitor.go(HERE)
    return visitor


def test_without_authorities_there_is_no_such_page(provider: Provider) -> None:
    assert enter(provider, provider.person()).response.status_code == 404


def test_a_shown_certificate_proves_its_holder(certified: Provider) -> None:
    person = certified.person()
    visitor = enter(certified, person, issue(number(3)))
    visitor.send("proofing-submit")
    assert 'data-state="approved"' in visitor.response.get_data(as_text=True)
    with certified.context():
        account = accounts.get(person.id)
        assert evidence.level(account, clock.now()) == 4
        assert accounts.name_of(account) == "李娜"


def test_without_one_the_page_says_how_to_show_one(certified: Provider) -> None:
    visitor = enter(certified, certified.person())
    assert visitor.response.status_code == 200
    assert 'id="proofing-submit"' not in visitor.response.get_data(as_text=True)


def test_one_that_is_revoked_before_the_button_is_pressed_proves_nothing(
    certified: Provider, tmp_path: Path
) -> None:
    person, certificate = certified.person(), issue(number(3))
    visitor = enter(certified, person, certificate)
    revoke(tmp_path, certificate)
    visitor.send("proofing-submit")
    assert visitor.response.status_code == 403
    assert "revoked" in visitor.response.get_data(as_text=True)
    with certified.context():
        assert evidence.of_account(person.id) == []


def test_one_of_another_authority_proves_nothing(certified: Provider) -> None:
    person = certified.person()
    visitor = enter(certified, person, issue(number(3), Authority("别家")))
    visitor.send("proofing-submit")
    assert visitor.response.status_code == 403
    with certified.context():
        assert evidence.of_account(person.id) == []
