"""Whose a certificate is: the holder's name, and the number that its authority checked in person. Pure.

Chinese authorities write the number of a person into an extension (GM/T 0015 §5.2.4.2.11 ``IdentifyCode``), others into
the subject's serial number or, for organisations, its identifier (ETSI EN 319 412-1 §5.1: ``IDCCN-…``).
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID, ObjectIdentifier

IDENTIFY_CODE = ObjectIdentifier("1.2.156.10260.4.1.1")
_PRINTED = frozenset({0x0C, 0x13, 0x16})  # UTF8String, PrintableString, IA5String
_SHORT = 128  # lengths below are one byte (X.690 §8.1.3.4)


@dataclass(frozen=True)
class Holder:
    """What a certificate that was believed just now says of its holder. ``digest``: SHA-256, hex."""

    name: str
    numbers: tuple[str, ...]
    until: datetime
    digest: str


def of(certificate: x509.Certificate) -> Holder:
    """Return the holder; the caller has verified the certificate."""
    subject = certificate.subject
    names = _values(subject, NameOID.COMMON_NAME)
    numbers = [
        *_extension(certificate),
        *_values(subject, NameOID.ORGANIZATION_IDENTIFIER),
        *_values(subject, NameOID.SERIAL_NUMBER),
    ]
    return Holder(
        name=names[0] if names else "",
        numbers=tuple(number.rpartition("-")[2] for number in numbers),
        until=certificate.not_valid_after_utc,
        digest=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _values(name: x509.Name, kind: ObjectIdentifier) -> list[str]:
    return [str(one.value) for one in name.get_attributes_for_oid(kind)]


def _extension(certificate: x509.Certificate) -> list[str]:
    try:
        value = certificate.extensions.get_extension_for_oid(IDENTIFY_CODE).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return []
    data = value.value if isinstance(value, x509.UnrecognizedExtension) else b""
    # One DER string, or the bare characters, as some authorities write it.
    if len(data) > 1 and data[0] in _PRINTED and data[1] < _SHORT and data[1] == len(data) - 2:
        data = data[2:]
    text = data.decode("ascii", "replace")
    return [text] if text.isprintable() else []
