"""Ask the token endpoint (OIDC Core §3.1.3, RFC 6749 §4.4, §6): by code, refresh token, or as ourselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongxing_client import authorization_request, client_authentication, discovery, errors, transport

_OK = 200
_MAX_CHARACTERS = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A successful answer (RFC 6749 §5.1); ``expires_in`` in seconds."""

    access_token: str
    expires_in: float | None
    refresh_token: str | None
    id_token: str | None
    scope: str | None
    authorization_details: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """The token endpoint as one relying party sees it."""

    http: transport.Transport
    metadata: discovery.ProviderMetadata
    client_id: str
    authentication: client_authentication.ClientAuthentication

    def by_code(self, code: str, request: authorization_request.AuthorizationRequest) -> TokenAnswer:
        """Exchange the code of ``request``, with its PKCE verifier (RFC 7636 §4.5)."""
        return self._ask(
            grant_type="authorization_code",
            code=code,
            redirect_uri=request.redirect_uri,
            code_verifier=request.code_verifier,
        )

    def by_refresh_token(self, refresh_token: str) -> TokenAnswer:
        """New tokens for old (RFC 6749 §6); keep the new refresh token when there is one."""
        return self._ask(grant_type="refresh_token", refresh_token=refresh_token)

    def by_client_credentials(self, scope: str | None = None) -> TokenAnswer:
        """An access token for the relying party itself (RFC 6749 §4.4)."""
        return self._ask(grant_type="client_credentials", **({"scope": scope} if scope else {}))

    def _ask(self, **form: str) -> TokenAnswer:
        headers: dict[str, str] = {}
        self.authentication.apply(self.client_id, self.metadata.issuer, form, headers)
        answer = self.http.post(self.metadata.token_endpoint, form, headers)
        content = answer.json()
        if answer.status == _OK:
            return _read(content)
        error = content.get("error")
        if not isinstance(error, str):
            raise errors.BadProviderAnswer(f"token: status {answer.status} without an error code")
        refused = errors.InvalidGrant if error == errors.InvalidGrant.code else errors.TokenRefused
        raise refused(error, str(content.get("error_description", "")))


def _read(content: Mapping[str, Any]) -> TokenAnswer:
    if str(content.get("token_type", "")).lower() != "bearer":
        raise errors.BadProviderAnswer("token: token_type is not Bearer")
    access_token = _text(content, "access_token")
    if access_token is None:
        raise errors.BadProviderAnswer("token: no access_token")
    expires_in = content.get("expires_in")
    if expires_in is not None and (isinstance(expires_in, bool) or not isinstance(expires_in, int | float)):
        raise errors.BadProviderAnswer("token: expires_in is not a number")
    return TokenAnswer(
        access_token=access_token,
        expires_in=expires_in,
        refresh_token=_text(content, "refresh_token"),
        id_token=_text(content, "id_token"),
        scope=_text(content, "scope"),
        authorization_details=_details(content),
    )


def _details(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What was granted (RFC 9396 §7)."""
    value = content.get("authorization_details", [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise errors.BadProviderAnswer("token: authorization_details is not a list of objects")
    return tuple(value)


def _text(content: Mapping[str, Any], name: str) -> str | None:
    value = content.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > _MAX_CHARACTERS:
        raise errors.BadProviderAnswer(f"token: {name} is not a text of bearable length")
    # It will stand in a header or a form: visible ASCII only (RFC 6749 appendix A).
    if not value.isascii() or not value.isprintable():
        raise errors.BadProviderAnswer(f"token: {name} has characters it may not have")
    return value
