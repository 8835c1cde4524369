"""A certificate authority for tests: root, issuing authority, people's certificates and revocation lists (RFC 5280)."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp import clock

YEAR = timedelta(days=365)
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Authority:
    """One authority; without *above* a root."""

    name: str = "示例政务 CA"
    above: "Authority | None" = None
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)

    def __post_init__(self) -> None:
        issuer = self.above or self
        self.certificate = issuer._sign(
            issuer._builder(self.name, self.key.public_key(), clock.now() - YEAR, clock.now() + 5 * YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        name: str = "苏力",
        *,
        purposes: Iterable[x509.ObjectIdentifier] = (CLIENT,),
        signs: bool = True,
        days: int = 365,
        since: int = -1,
        ca: bool = False,
    ) -> x509.Certificate:
        """A person's certificate; *days* and *since* count from now."""
        now = clock.now()
        builder = self._builder(
            name, new_key().public_key(), now + timedelta(days=since), now + timedelta(days=days)
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        builder = builder.add_extension(
            _usage(digital_signature=signs, key_encipherment=not signs), critical=True
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
        return self._sign(builder)

    def issue_below(self, leaf_key: ec.EllipticCurvePrivateKey, leaf: x509.Certificate) -> x509.Certificate:
        """A certificate that somebody with an ordinary certificate has signed for somebody else."""
        now = clock.now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "不速之客")]))
            .issuer_name(leaf.subject)
            .public_key(new_key().public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + YEAR)
        )
        return builder.sign(leaf_key, hashes.SHA256())

    def revocation_list(
        self, *revoked: x509.Certificate, days: int = 7, since: int = -1, signer: "Authority | None" = None
    ) -> x509.CertificateRevocationList:
        """A list in force that names *revoked*."""
        now = clock.now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now + timedelta(days=since))
            .next_update(now + timedelta(days=days))
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(now - timedelta(hours=1)).build())
        return builder.sign((signer or self).key, hashes.SHA256())

    def _builder(
        self, name: str, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
    ) -> x509.CertificateBuilder:
        certificate = getattr(self, "certificate", None)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(certificate.subject if certificate else subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self.key, hashes.SHA256())


def header(*certificates: x509.Certificate) -> str:
    """The value of Client-Cert or Client-Cert-Chain (RFC 9440 §2.1)."""
    ders = [one.public_bytes(Encoding.DER) for one in certificates]
    return ", ".join(f":{base64.b64encode(der).decode()}:" for der in ders)


def pem(*lists: x509.CertificateRevocationList) -> bytes:
    """A file of revocation lists."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in lists)


def _usage(**used: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})
