"""Whose a certificate is: read from the places where authorities write it, and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from idp import clock
from idp.accounts import account as accounts
from idp.db import db
from idp.proofing import attempt, certificate_holder, evidence
from idp.proofing import case as cases
from tests.proofing.conftest import ADDRESS, number, submit
from tests.provider import Provider

KEY = ec.generate_private_key(ec.SECP256R1())
ME = number(7)
ENDS = datetime(2099, 1, 1, tzinfo=UTC)


def certificate(name: str = "李娜", extension: bytes | None = None, **attributes: str) -> x509.Certificate:
    oids: dict[str, ObjectIdentifier] = {
        "serial": NameOID.SERIAL_NUMBER,
        "organization": NameOID.ORGANIZATION_IDENTIFIER,
    }
    given = [x509.NameAttribute(oids[key], value) for key, value in attributes.items()]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *given])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(ENDS - timedelta(days=9000))
        .not_valid_after(ENDS)
    )
    if extension is not None:
        value = x509.UnrecognizedExtension(certificate_holder.IDENTIFY_CODE, extension)
        builder = builder.add_extension(value, critical=False)
    return builder.sign(KEY, hashes.SHA256())


@pytest.mark.parametrize(
    "made",
    [
        certificate(serial=ME),
        certificate(extension=ME.encode()),
        certificate(extension=b"\x13\x12" + ME.encode()),
        certificate(organization=f"IDCCN-{ME}"),
    ],
    ids=["serial", "bare", "der", "identifier"],
)
def test_the_number_is_found_where_authorities_write_it(made: x509.Certificate) -> None:
    holder = certificate_holder.of(made)
    assert (holder.name, holder.numbers, holder.until) == ("李娜", (ME,), ENDS)
    assert len(holder.digest) == 64


@pytest.mark.parametrize("extension", [b"", b"\x13", b"\x13\xff" + ME.encode(), b"\x00\x01", b"\xff" * 4000])
def test_what_is_no_text_is_no_number(extension: bytes) -> None:
    assert ME not in certificate_holder.of(certificate(extension=extension)).numbers


def test_a_certificate_proves_its_holder_to_level_four_until_it_ends(proving: Provider) -> None:
    person = proving.person()
    with proving.context():
        account = accounts.get(person.id)
        case = cases.begin(account, "certificate")
        holder = certificate_holder.of(certificate(serial=ME))
        attempt.present(case, holder, address=ADDRESS)
        assert (case.state, case.source) == ("approved", "certificate")
        db.session.refresh(account)
        assert evidence.level(account, clock.now()) == 4
        (piece,) = evidence.of_account(person.id)
        assert piece.digest == holder.digest
        assert piece.expires_at is not None
        assert piece.expires_at <= ENDS


@pytest.mark.parametrize(
    ("made", "state", "reason"),
    [
        (certificate(), "refused", "certificate_not_valid"),
        (certificate(serial="4F2A91"), "refused", "certificate_not_valid"),
        (certificate(serial=number(8)), "undecided", "identity_differs"),
        (certificate("王芳", serial=ME), "undecided", "name_differs"),
    ],
    ids=["no number", "serial of a card", "somebody else", "another name"],
)
def test_a_certificate_of_somebody_else_proves_nothing(
    proving: Provider, made: x509.Certificate, state: str, reason: str
) -> None:
    person = proving.person()
    with proving.context():
        submit(person, "register", name="李娜", number=ME)
        case = cases.begin(accounts.get(person.id), "certificate")
        attempt.present(case, certificate_holder.of(made), address=ADDRESS)
        assert (case.state, case.reasons) == (state, [reason])
        assert [piece.code for piece in evidence.of_account(person.id)] == ["register"]
