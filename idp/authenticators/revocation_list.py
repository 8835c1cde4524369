"""Whether a certificate was revoked, by the lists that its issuer published (RFC 5280 §5, §6.3). No clock, no files."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from idp.errors import Forbidden

REMOVED = x509.ReasonFlags.remove_from_crl


class Revoked(Forbidden):
    """The certificate is on its issuer's list."""


def check(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: Sequence[x509.CertificateRevocationList],
    now: datetime,
    *,
    required: bool,
) -> None:
    """Raise Revoked ``certificate_revoked`` when a list of *issuer* names the certificate.

    Without a list in force nobody knows: Forbidden ``certificate_state_unknown`` where one is *required*. A revocation
    on a list that is out of date still holds.
    """
    current = False
    for one in lists:
        if one.issuer != issuer.subject or not _is_signed_by(one, issuer):
            continue
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and not _is_removed(entry):
            raise Revoked(
                "certificate_revoked", "This certificate is revoked. Get a new one at a service counter"
            )
        current = current or (one.last_update_utc <= now and _is_in_force(one, now))
    if required and not current:
        raise Forbidden(
            "certificate_state_unknown",
            "We cannot tell at present whether this certificate is still valid. Try again later, or use another way",
            detail="no revocation list of its issuer is in force",
        )


def _is_signed_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type] # keys that sign nothing raise
    except (TypeError, ValueError):
        return False


def _is_in_force(one: x509.CertificateRevocationList, now: datetime) -> bool:
    return one.next_update_utc is not None and now < one.next_update_utc


def _is_removed(entry: x509.RevokedCertificate) -> bool:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is REMOVED
    except x509.ExtensionNotFound:
        return False
