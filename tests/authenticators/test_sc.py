"""Which certificates are believed (RFC 5280 §6), asked at every use."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from idp import clock
from idp.authenticators import sc
from idp.authenticators.forwarded_certificate import Forwarded
from idp.errors import IdpError, Unavailable
from idp.settings import SETTINGS
from tests.authenticators.authority import SERVER, Authority, new_key, pem

ROOT = Authority()
MIDDLE = Authority("示例签发机构", ROOT)
Lists = Callable[..., None]


@pytest.fixture
def files(context: Flask, tmp_path: Path) -> Iterator[Path]:
    """The authorities are named; revocation is not looked at."""
    before = SETTINGS.get()
    (tmp_path / "authorities.pem").write_bytes(Authority("别家").pem + ROOT.pem)
    certificates = before.certificates.model_copy(
        update={"authorities_file": str(tmp_path / "authorities.pem")}
    )
    context.extensions["tongxing.settings"] = before.model_copy(update={"certificates": certificates})
    yield tmp_path
    context.extensions["tongxing.settings"] = before


@pytest.fixture
def publish(files: Path, context: Flask) -> Lists:
    """A function that publishes revocation lists; from then on they are looked at."""
    file, written = files / "revoked.pem", [0]
    settings = SETTINGS.get()
    certificates = settings.certificates.model_copy(update={"revocation_file": str(file)})
    context.extensions["tongxing.settings"] = settings.model_copy(update={"certificates": certificates})

    def write(*lists: x509.CertificateRevocationList, der: bool = False) -> None:
        written[0] += 1
        file.write_bytes(lists[0].public_bytes(Encoding.DER) if der else pem(*lists))
        os.utime(file, (written[0], written[0]))

    return write


def outcome(certificate: x509.Certificate, *chain: x509.Certificate) -> str:
    try:
        sc.verify(Forwarded(certificate, chain), clock.now())
    except IdpError as error:
        return error.code
    return "believed"


def test_a_certificate_of_our_authority(files: Path) -> None:
    assert sc.is_offered()
    assert outcome(ROOT.issue()) == "believed"
    assert outcome(MIDDLE.issue(), MIDDLE.certificate) == "believed"
    assert outcome(ROOT.issue(purposes=())) == "believed"


def test_without_authorities_there_are_none(context: Flask) -> None:
    assert not sc.is_offered()
    assert outcome(ROOT.issue()) == "certificate_untrusted"


def test_whoever_else_signed_it_is_not_believed(files: Path) -> None:
    same_name = Authority()
    assert outcome(same_name.issue(), same_name.certificate) == "certificate_untrusted"
    assert outcome(MIDDLE.issue()) == "certificate_untrusted", "the chain is missing"
    own = new_key()
    self_made = Authority("自签", key=own)
    assert outcome(self_made.certificate) == "certificate_untrusted"


def test_a_person_is_no_authority(files: Path) -> None:
    """RFC 5280 §6.1.4 (k): whoever has a certificate must not be able to make more of them."""
    key = new_key()
    rogue = Authority("普通证书", ROOT, key)
    rogue.certificate = ROOT.issue("普通证书")
    leaf_of_a_leaf = ROOT.issue_below(key, rogue.certificate)
    assert outcome(leaf_of_a_leaf, rogue.certificate) == "certificate_untrusted"


@pytest.mark.parametrize(("since", "days"), [(-30, -1), (1, 30)])
def test_outside_its_time(files: Path, since: int, days: int) -> None:
    assert outcome(ROOT.issue(since=since, days=days)) == "certificate_expired"


def test_it_ends_on_its_day(files: Path) -> None:
    certificate = ROOT.issue(days=10)
    with clock.shifted(timedelta(days=9)):
        assert outcome(certificate) == "believed"
    with clock.shifted(timedelta(days=11)):
        assert outcome(certificate) == "certificate_expired"


def test_made_for_something_else(files: Path) -> None:
    assert outcome(ROOT.issue(purposes=(SERVER,))) == "certificate_not_for_login"
    assert outcome(ROOT.issue(signs=False)) == "certificate_not_for_login"
    assert outcome(MIDDLE.certificate) == "certificate_not_for_login"


def test_revoked_in_between(publish: Lists) -> None:
    certificate = ROOT.issue()
    publish(ROOT.revocation_list())
    assert outcome(certificate) == "believed"
    publish(ROOT.revocation_list(ROOT.issue(), certificate))
    assert outcome(certificate) == "certificate_revoked"


def test_lists_come_in_both_forms(publish: Lists) -> None:
    certificate = ROOT.issue()
    publish(ROOT.revocation_list(certificate), der=True)
    assert outcome(certificate) == "certificate_revoked"


def test_an_authority_can_be_revoked_too(publish: Lists) -> None:
    certificate = MIDDLE.issue()
    publish(MIDDLE.revocation_list(), ROOT.revocation_list(MIDDLE.certificate))
    assert outcome(certificate, MIDDLE.certificate) == "certificate_revoked"


def test_nobody_else_can_say_what_is_revoked_or_not(publish: Lists) -> None:
    certificate, stranger = ROOT.issue(), Authority("别人")
    publish(ROOT.revocation_list(certificate, signer=stranger))
    assert outcome(certificate) == "certificate_state_unknown"
    publish(stranger.revocation_list(certificate), ROOT.revocation_list())
    assert outcome(certificate) == "believed"


@pytest.mark.parametrize(("since", "days"), [(-30, -1), (2, 30)])
def test_a_list_out_of_its_time_leaves_it_open(publish: Lists, since: int, days: int) -> None:
    certificate = ROOT.issue()
    publish(ROOT.revocation_list(since=since, days=days))
    assert outcome(certificate) == "certificate_state_unknown"
    publish(ROOT.revocation_list(certificate, since=since, days=days))
    assert outcome(certificate) == "certificate_revoked", "what was revoked stays so"


def test_files_that_cannot_be_read_let_nobody_in(files: Path, publish: Lists) -> None:
    certificate = ROOT.issue()
    for content in (b"", b"rubbish", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"):
        (files / "revoked.pem").write_bytes(content)
        with pytest.raises((Unavailable, IdpError)) as caught:
            sc.verify(Forwarded(certificate, ()), clock.now())
        assert caught.value.code in {"trust_unreadable", "certificate_state_unknown"}
    (files / "revoked.pem").unlink()
    with pytest.raises(Unavailable):
        sc.verify(Forwarded(certificate, ()), clock.now())


def test_what_a_person_recognizes() -> None:
    shown = sc.described(ROOT.issue("苏力"))
    assert (shown.subject, shown.issuer) == ("苏力", ROOT.name)
    assert len(sc.digest(ROOT.issue())) == 32
