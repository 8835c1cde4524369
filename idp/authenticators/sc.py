"""A certificate on a smart card or UKey (RFC 8176 ``sc``), together with the PIN that opened it (`pin`).

The proxy in front asks the browser for it in TLS and forwards it (RFC 9440, `forwarded_certificate`). What proves it is
checked here at every use (RFC 5280 §6): that it leads to one of our authorities, is for logging in, is in its time, and
is on no revocation list. So a certificate revoked in between opens nothing from its next use on.
"""

import itertools
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp.authenticators import mfa, pem_files, revocation_list
from idp.authenticators.forwarded_certificate import LONGEST_CHAIN, Forwarded
from idp.errors import Forbidden
from idp.settings import SETTINGS

AMR = "sc"
KIND = mfa.KINDS[AMR]
EVIDENCE = "certificate"  # what the same certificate is as a proof of who somebody is (`idp.proofing`)

# What a certificate may be for, where it says what it is for.
PURPOSES = frozenset(
    {
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.SMARTCARD_LOGON,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)


def is_offered() -> bool:
    """Whether this deployment takes certificates at all: it does when it names authorities."""
    return bool(SETTINGS.get().certificates.authorities_file)


def verify(shown: Forwarded, now: datetime) -> x509.Certificate:
    """Return the certificate when it may be believed now.

    Raises Forbidden ``certificate_untrusted``, ``certificate_expired``, ``certificate_not_for_login``,
    ``certificate_revoked``, ``certificate_state_unknown`` (no list in force says that it is not revoked), Unavailable
    when our own files cannot be read.
    """
    certificate = shown.certificate
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise Forbidden("certificate_expired", "The certificate is expired or not valid yet")
    chain = _chain(shown, now)
    _check_purpose(certificate)
    settings = SETTINGS.get().certificates
    if settings.revocation_file:
        lists = pem_files.revocation_lists(settings.revocation_file)
        for one, issuer in itertools.pairwise(chain):
            revocation_list.check(one, issuer, lists, now, required=one == certificate)
    return certificate


@dataclass(frozen=True)
class Described:
    """What a person recognizes a certificate by."""

    subject: str
    issuer: str
    serial: str
    until: datetime


def described(certificate: x509.Certificate) -> Described:
    """Return what to show of a certificate: common names where there are any."""
    return Described(
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        serial=f"{certificate.serial_number:X}",
        until=certificate.not_valid_after_utc,
    )


def _name(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def digest(certificate: x509.Certificate) -> bytes:
    """Return what a certificate is known by: SHA-256 of its DER."""
    return certificate.fingerprint(hashes.SHA256())


def _chain(shown: Forwarded, now: datetime) -> list[x509.Certificate]:
    """Return the path to one of our authorities, the certificate first."""
    authorities = pem_files.certificates(SETTINGS.get().certificates.authorities_file)
    if not authorities:
        raise _untrusted("no authorities are configured")
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store(list(authorities)))
        .time(now)
        .max_chain_depth(LONGEST_CHAIN)
        .extension_policies(
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
            # People's certificates carry no host names; what matters of theirs is looked at by `_check_purpose`.
            ee_policy=verification.ExtensionPolicy.permit_all(),
        )
        .build_client_verifier()
    )
    try:
        return list(verifier.verify(shown.certificate, list(shown.chain)).chain)
    except (verification.VerificationError, ValueError, x509.DuplicateExtension) as error:
        raise _untrusted(str(error)[:200]) from error


def _check_purpose(certificate: x509.Certificate) -> None:
    usage = purposes = constraints = None
    try:
        extensions = certificate.extensions
        for extension in extensions:
            if isinstance(extension.value, x509.KeyUsage):
                usage = extension.value
            elif isinstance(extension.value, x509.ExtendedKeyUsage):
                purposes = extension.value
            elif isinstance(extension.value, x509.BasicConstraints):
                constraints = extension.value
            elif extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
                raise _untrusted(f"unknown critical extension {extension.oid.dotted_string}")
    except (ValueError, x509.DuplicateExtension) as error:
        raise _untrusted(type(error).__name__) from error
    wrong = (
        (constraints is not None and constraints.ca)
        or (usage is not None and not usage.digital_signature)
        or (purposes is not None and PURPOSES.isdisjoint(purposes))
    )
    if wrong:
        raise Forbidden("certificate_not_for_login", "This certificate is not made for logging in")


def _untrusted(detail: str) -> Forbidden:
    return Forbidden(
        "certificate_untrusted",
        "This certificate is from an authority that is not accepted here",
        detail=detail,
    )
