"""Which makers of passkeys are believed (WebAuthn §6.5, §7.1 step 24): the attestation policy of ``settings.passkeys``.

A passkey counts as hardware-bound (``hwk``) when its certificate leads to a root of the policy, its model (AAGUID) is
allowed, and it cannot be copied. What was proven is kept with the passkey; whether it is still believed is asked at
each use, so that a root or model taken from the settings counts no longer from then on.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from idp.authenticators import pem_files
from idp.settings import SETTINGS

# What Chromium's virtual authenticator calls itself. Its key lies in the open: it proves nothing about hardware.
VIRTUAL_AUTHENTICATOR = UUID("01020304-0506-0708-0102-030405060708")
SANDBOX = "sandbox"  # in the place of a root's fingerprint
MODEL_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")  # id-fido-gen-ce-aaguid
OCTETS = b"\x04\x10"  # DER: an OCTET STRING of 16 bytes
LONGEST_CHAIN = 6


def vouching_root(form: str, chain: Sequence[bytes], aaguid: UUID, now: datetime) -> str | None:
    """Return the fingerprint of the root that vouches for a key of that model, or None when none does.

    *form* is the attestation's format, *chain* its ``x5c`` (DER, the key's own certificate first); its signature is
    verified already.
    """
    if form == "packed" and _is_virtual(aaguid):
        return SANDBOX
    roots = _roots()
    try:
        certificates = [x509.load_der_x509_certificate(part) for part in chain[:LONGEST_CHAIN]]
        if not roots or not certificates:
            return None
        if not _names_model(certificates[0], aaguid):
            return None
        return _fingerprint(_anchor(certificates, roots, now))
    except (ValueError, verification.VerificationError, x509.DuplicateExtension):
        return None


def is_trusted(root: str | None, aaguid: UUID) -> bool:
    """Whether a key for which that root once vouched is still believed to be what it said."""
    if root is None:
        return False
    if root == SANDBOX:
        return _is_virtual(aaguid)
    models = SETTINGS.get().passkeys.trusted_models
    allowed = not models or str(aaguid) in models
    return allowed and any(_fingerprint(one) == root for one in _roots())


def is_refused(aaguid: UUID) -> bool:
    """Whether keys of that model may not be used at all."""
    return str(aaguid) in SETTINGS.get().passkeys.refused_models


def _is_virtual(aaguid: UUID) -> bool:
    settings = SETTINGS.get()
    allowed = settings.sandbox and settings.passkeys.sandbox_trusts_virtual_authenticator
    return allowed and aaguid == VIRTUAL_AUTHENTICATOR


def _roots() -> tuple[x509.Certificate, ...]:
    return pem_files.certificates(SETTINGS.get().passkeys.attestation_roots_file)


def _names_model(certificate: x509.Certificate, aaguid: UUID) -> bool:
    """Whether the certificate is for that model (§8.2.1): one that names another model vouches for that one only."""
    try:
        named = certificate.extensions.get_extension_for_oid(MODEL_EXTENSION).value
    except x509.ExtensionNotFound:
        return True
    return isinstance(named, x509.UnrecognizedExtension) and named.value == OCTETS + aaguid.bytes


def _anchor(
    chain: list[x509.Certificate], roots: tuple[x509.Certificate, ...], now: datetime
) -> x509.Certificate:
    if chain[0] in roots:
        return chain[0]  # some makers' lists name the certificates of the keys themselves
    everything = verification.ExtensionPolicy.permit_all()
    authority = everything.require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store(list(roots)))
        .time(now)
        .max_chain_depth(LONGEST_CHAIN)
        .extension_policies(ca_policy=authority, ee_policy=everything)
        .build_client_verifier()
    )
    return verifier.verify(chain[0], chain[1:]).chain[-1]


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
