"""What the provider's transmitter says about itself (SSF 1.0 §7.1), at ``/.well-known/ssf-configuration``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tongxing_client import errors, transport

_PATH = "/.well-known/ssf-configuration"
_OK = 200
_UNDERSTOOD = frozenset({"user", "session"})
PUSH = "urn:ietf:rfc:8935"
POLL = "urn:ietf:rfc:8936"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitterConfiguration:
    """The members a receiver needs, checked."""

    issuer: str
    configuration_endpoint: str
    status_endpoint: str | None
    verification_endpoint: str | None


def url(issuer: str) -> str:
    """Where it is: the well-known part stands between host and path (§7.2)."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}{_PATH}{parts.path.rstrip('/')}"


def fetch(http: transport.Transport, issuer: str) -> TransmitterConfiguration:
    """Fetch and check it."""
    answer = http.get(url(issuer))
    if answer.status != _OK:
        raise errors.BadProviderAnswer(f"ssf-configuration: status {answer.status}")
    return parse(answer.json(), issuer)


def parse(document: Mapping[str, Any], issuer: str) -> TransmitterConfiguration:
    """Check ``document`` as the one of ``issuer``; ``BadProviderAnswer`` names what is wrong."""
    if document.get("issuer") != issuer:
        raise errors.BadProviderAnswer(f"ssf-configuration: issuer is not {issuer}")
    configuration = _url(document, "configuration_endpoint")
    if configuration is None:
        raise errors.BadProviderAnswer("ssf-configuration: no configuration_endpoint")
    critical = document.get("critical_subject_members", [])
    if not isinstance(critical, list) or not set(map(str, critical)) <= _UNDERSTOOD:
        # An event about such a subject would have to be discarded (§3.6): better no stream than a deaf one.
        raise errors.BadProviderAnswer("ssf-configuration: critical_subject_members we do not understand")
    return TransmitterConfiguration(
        issuer=issuer,
        configuration_endpoint=configuration,
        status_endpoint=_url(document, "status_endpoint"),
        verification_endpoint=_url(document, "verification_endpoint"),
    )


def _url(document: Mapping[str, Any], member: str) -> str | None:
    found = document.get(member)
    if found is None:
        return None
    if not isinstance(found, str) or not transport.is_safe_url(found):
        raise errors.BadProviderAnswer(f"ssf-configuration: {member} is not an https URL")
    return found
