"""The certificate that a browser showed to the proxy in front, as the proxy forwards it (RFC 9440). Pure.

nginx can write no byte sequence of DER by itself; its ``$ssl_client_escaped_cert`` (PEM, percent-encoded) in the same
header is understood too. Whether the headers may be believed is decided before (`idp.trusted_proxies`): from anybody
else they never arrive here.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from cryptography import x509

from idp.errors import InvalidInput

LONGEST = 65_536  # characters of a header
LONGEST_CHAIN = 6
_ESCAPED = "-----BEGIN%20CERTIFICATE-----"
# A byte sequence of Structured Fields (RFC 8941 §3.3.5); parameters say nothing here.
_ITEM = re.compile(r":([A-Za-z0-9+/]*={0,2}):(?:;[^,]*)?")


@dataclass(frozen=True)
class Forwarded:
    """The certificate, and those that certify it, in order (§2.3)."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def find(client_cert: str, client_cert_chain: str) -> Forwarded | None:
    """Return what ``Client-Cert`` and ``Client-Cert-Chain`` say; None when no certificate was shown.

    Raises InvalidInput ``certificate_unreadable``.
    """
    if not client_cert.strip():
        return None
    certificates = _read(client_cert)
    if len(certificates) != 1:
        raise _unreadable("Client-Cert is one certificate")
    chain = _read(client_cert_chain) if client_cert_chain.strip() else []
    if len(chain) > LONGEST_CHAIN:
        raise _unreadable("the chain is too long")
    return Forwarded(certificates[0], tuple(chain))


def _read(header: str) -> list[x509.Certificate]:
    if len(header) > LONGEST:
        raise _unreadable("too long")
    if header.startswith(_ESCAPED):
        return [_read_pem(header)]
    certificates = []
    for part in header.split(","):
        item = _ITEM.fullmatch(part.strip())
        if item is None:
            raise _unreadable("no byte sequence (RFC 8941)")
        try:
            certificates.append(x509.load_der_x509_certificate(base64.b64decode(item[1], validate=True)))
        except (ValueError, binascii.Error) as error:
            raise _unreadable(type(error).__name__) from error
    return certificates


def _read_pem(escaped: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(unquote_to_bytes(escaped))
    except ValueError as error:
        raise _unreadable(type(error).__name__) from error


def _unreadable(detail: str) -> InvalidInput:
    return InvalidInput("certificate_unreadable", "The certificate could not be read", detail=detail)
