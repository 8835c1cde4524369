"""Proving once more that it is you with a certificate."""

from pathlib import Path

import pytest

from tests.pages import certified as behind_proxy
from tests.pages.certified import ROOT, insert, tie
from tests.person import Visitor
from tests.provider import NewProvider, Provider

PATH = "/account/passkeys"


@pytest.fixture
def certified(new_provider: NewProvider, tmp_path: Path) -> Provider:
    return new_provider(**behind_proxy.settings(tmp_path))


def asked(visitor: Visitor) -> None:
    visitor.go(PATH)
    assert visitor.is_at("/account/reauthenticate")
    assert 'id="reauthenticate-certificate"' in visitor.response.get_data(as_text=True)
    visitor.go(visitor.path.replace("/reauthenticate", "/reauthenticate/certificate"))


def test_ones_own_certificate_confirms(certified: Provider) -> None:
    person, certificate = certified.person(), ROOT.issue()
    tie(certified, person, certificate)
    visitor = behind_proxy.visitor(certified)
    visitor.go("/login")
    visitor.log_in(person)
    asked(visitor)
    assert 'id="certificate-again"' in visitor.response.get_data(as_text=True)
    insert(visitor, certificate)
    visitor.go(visitor.path)
    visitor.send("certificate-confirm")
    assert visitor.is_at(PATH)


def test_somebody_elses_and_a_revoked_one_do_not(certified: Provider, tmp_path: Path) -> None:
    person, certificate, other = certified.person(), ROOT.issue(), ROOT.issue()
    tie(certified, person, certificate)
    tie(certified, certified.person(), other)
    visitor = behind_proxy.visitor(certified, other)
    visitor.go("/login")
    visitor.log_in(person)
    asked(visitor)
    visitor.send("certificate-confirm")
    assert visitor.response.status_code == 403
    insert(visitor, certificate)
    behind_proxy.publish(tmp_path, certificate)
    visitor.send("certificate-confirm")
    assert visitor.response.status_code == 403
    assert "revoked" in visitor.response.get_data(as_text=True)
    # It is gone now, and the password counts again: nobody is locked in by a dead certificate.
    visitor.go(PATH)
    assert visitor.is_at(PATH)
