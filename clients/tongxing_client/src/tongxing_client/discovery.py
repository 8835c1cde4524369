"""What the provider says about itself (OIDC Discovery 1.0 §4, RFC 8414 §3.3).

The document's ``issuer`` must equal the configured one exactly, and every address in it must be https (or
on this machine): otherwise nothing in it is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongxing_client import errors, transport

_PATH = "/.well-known/openid-configuration"
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """The members a relying party needs, checked; ``document`` holds all of them as they came."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    sends_iss: bool
    document: Mapping[str, Any]


def fetch(http: transport.Transport, issuer: str) -> ProviderMetadata:
    """Fetch and check the discovery document of ``issuer``."""
    answer = http.get(issuer.rstrip("/") + _PATH)
    if answer.status != _OK:
        raise errors.BadProviderAnswer(f"discovery: status {answer.status}")
    return parse(answer.json(), issuer)


def parse(document: Mapping[str, Any], issuer: str) -> ProviderMetadata:
    """Check ``document`` as the one of ``issuer``; ``BadProviderAnswer`` names what is wrong."""
    if document.get("issuer") != issuer:
        # OIDC Discovery §4.3: identical, character by character.
        raise errors.BadProviderAnswer(f"discovery: issuer is not {issuer}")
    _check_offers(document, "response_types_supported", "code")
    if "code_challenge_methods_supported" in document:
        _check_offers(document, "code_challenge_methods_supported", "S256")
    return ProviderMetadata(
        issuer=issuer,
        authorization_endpoint=_required_url(document, "authorization_endpoint"),
        token_endpoint=_required_url(document, "token_endpoint"),
        jwks_uri=_required_url(document, "jwks_uri"),
        userinfo_endpoint=_optional_url(document, "userinfo_endpoint"),
        end_session_endpoint=_optional_url(document, "end_session_endpoint"),
        sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
        document=document,
    )


def _check_offers(document: Mapping[str, Any], member: str, value: str) -> None:
    offered = document.get(member)
    if not isinstance(offered, list) or value not in offered:
        raise errors.BadProviderAnswer(f"discovery: {member} lacks {value}")


def _required_url(document: Mapping[str, Any], member: str) -> str:
    url = document.get(member)
    if not isinstance(url, str) or not transport.is_safe_url(url):
        raise errors.BadProviderAnswer(f"discovery: {member} is not an https URL")
    return url


def _optional_url(document: Mapping[str, Any], member: str) -> str | None:
    return _required_url(document, member) if member in document else None
