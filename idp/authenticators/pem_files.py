"""Certificates and revocation lists that a deployer names in files: read once, and again when the file has changed.

A revocation list is renewed every day by whoever publishes it; a serving process takes the new one up by itself.
"""

from functools import lru_cache
from pathlib import Path

from cryptography import x509

from idp import logs
from idp.errors import Unavailable

LOG = logs.get(__name__)
_PEM = b"-----BEGIN"


def certificates(path: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates of the PEM file; none for an empty path. Raises Unavailable ``trust_unreadable``."""
    return _certificates(path, _version(path)) if path else ()


def revocation_lists(path: str) -> tuple[x509.CertificateRevocationList, ...]:
    """Return the lists of the PEM or DER file; none for an empty path. Raises Unavailable ``trust_unreadable``."""
    return _revocation_lists(path, _version(path)) if path else ()


@lru_cache(maxsize=8)
def _certificates(path: str, _at: tuple[int, int]) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


@lru_cache(maxsize=8)
def _revocation_lists(path: str, _at: tuple[int, int]) -> tuple[x509.CertificateRevocationList, ...]:
    try:
        content = Path(path).read_bytes()
        if not content.lstrip().startswith(_PEM):
            return (x509.load_der_x509_crl(content),)
        parts = [_PEM + part for part in content.split(_PEM)[1:]]
        return tuple(x509.load_pem_x509_crl(part) for part in parts)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _version(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return found.st_mtime_ns, found.st_size


def _unreadable(path: str, error: Exception) -> Unavailable:
    LOG.error("a file of certificates cannot be read", file=Path(path).name, reason=type(error).__name__)
    return Unavailable("trust_unreadable", detail=type(error).__name__, retry_after=60)
