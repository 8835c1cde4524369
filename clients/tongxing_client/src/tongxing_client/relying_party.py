"""One relying party at one provider: the whole way of a login, for any framework.

::

    party = RelyingParty(issuer="https://id.example.gov.cn", client_id="city-fund",
                         client_authentication=ClientSecretBasic("…"),
                         redirect_uri="https://fund.example.gov.cn/callback")
    request, address = party.start_login()         # keep request on the server, redirect to address
    login = party.finish_login(query_pairs, request)   # at the redirect URI, with the request of that state

Threads share one instance. It keeps no logins: that is ``browser_sessions``.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tongxing_client import (
    account_linking,
    authorization_request,
    backchannel_logout,
    cached_document,
    callback,
    client_authentication,
    client_token,
    data_deletion,
    discovery,
    end_session,
    errors,
    event_stream,
    id_token,
    jwks,
    request_delivery,
    security_event_token,
    ssf_configuration,
    token,
    transport,
    userinfo,
)

_METADATA_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A finished login: what the ID token and userinfo say, and the tokens as they came."""

    id_token_claims: Mapping[str, Any]
    userinfo_claims: Mapping[str, Any]
    tokens: token.TokenAnswer


class RelyingParty:
    """See the module. ``leeway`` is how far the two clocks may differ, in seconds.

    ``delivery`` is how its requests reach the provider: plain, signed, pushed.
    """

    def __init__(  # noqa: PLR0913 - each is a setting a deployer may need
        self,
        *,
        issuer: str,
        client_id: str,
        client_authentication: client_authentication.ClientAuthentication,
        redirect_uri: str,
        scope: str = "openid profile",
        delivery: request_delivery.RequestDelivery = request_delivery.PLAIN,
        id_token_algorithms: Collection[str] = id_token.ALGORITHMS,
        leeway: float = 30,
        http_client: httpx.Client | None = None,
        http_seconds: float = 5.0,
        renew_keys_seconds: float = 30,
        now: Callable[[], float] = time.time,
    ) -> None:
        for name, url in (("issuer", issuer), ("redirect_uri", redirect_uri)):
            if not transport.is_safe_url(url):
                raise errors.WrongSettings(f"{name} is not an https URL (http is for this machine only)")
        if not client_id or "openid" not in scope.split():
            raise errors.WrongSettings("client_id is empty or scope lacks openid")
        if not id_token_algorithms or not set(id_token_algorithms) <= set(id_token.ALGORITHMS):
            raise errors.WrongSettings(f"id_token_algorithms are among {', '.join(id_token.ALGORITHMS)}")
        self.issuer = issuer
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.scope = scope
        self._authentication = client_authentication
        self._delivery = delivery
        self._algorithms = id_token_algorithms
        self._leeway = leeway
        self._now = now
        self._http = transport.Transport(
            client=http_client, seconds=http_seconds, proxies=not transport.is_loopback(issuer)
        )
        self._metadata = cached_document.CachedDocument(
            lambda: discovery.fetch(self._http, issuer), fresh_seconds=_METADATA_SECONDS
        )
        self._keys = jwks.KeySet(
            self._http, lambda: self._metadata.get().jwks_uri, renew_seconds=renew_keys_seconds
        )
        self._transmitter = cached_document.CachedDocument(
            lambda: ssf_configuration.fetch(self._http, issuer), fresh_seconds=_METADATA_SECONDS
        )
        self._stream_token = client_token.ClientToken(
            lambda: self.client_credentials(f"{event_stream.READ} {event_stream.MANAGE}")
        )

    def metadata(self) -> discovery.ProviderMetadata:
        """The provider's discovery document, cached."""
        return self._metadata.get()

    def start_login(
        self,
        *,
        acr_values: Sequence[str] = (),
        essential_acr: bool = False,
        max_age: int | None = None,
        authorization_details: Sequence[Mapping[str, Any]] = (),
        return_to: str = "/",
        extra_scope: str = "",
        **shown: Any,
    ) -> tuple[authorization_request.AuthorizationRequest, str]:
        """Begin: the request to keep and the address to send the browser to.

        ``shown`` goes to ``authorization_request.parameters``: ``prompt``, ``ui_locales``, ``login_hint``,
        ``claims``.
        """
        request = authorization_request.begin(
            self.redirect_uri,
            acr_values=acr_values,
            essential_acr=essential_acr,
            max_age=max_age,
            authorization_details=authorization_details,
            return_to=return_to,
            extra_scope=extra_scope,
        )
        address = self._delivery.address(
            authorization_request.parameters(request, self.client_id, scope=self.scope, **shown),
            http=self._http,
            metadata=self.metadata(),
            authentication=self._authentication,
            now=self._now(),
        )
        return request, address

    def finish_login(
        self, parameters: Iterable[tuple[str, str]], request: authorization_request.AuthorizationRequest
    ) -> Login:
        """End: check the answer, redeem the code, check the ID token, ask userinfo."""
        metadata = self.metadata()
        code = callback.get_code(callback.read(parameters), request, metadata)
        tokens = self._token_endpoint().by_code(code, request)
        if tokens.id_token is None:
            raise errors.BadProviderAnswer("token: no id_token")
        expected = self._expected(
            nonce=request.nonce,
            access_token=tokens.access_token,
            max_age=request.max_age,
            acr_values=request.acr_values if request.essential_acr else (),
        )
        claims = id_token.check(tokens.id_token, self._keys, expected, self._now())
        return Login(
            id_token_claims=claims,
            userinfo_claims=self.fetch_userinfo(tokens.access_token, claims["sub"]),
            tokens=tokens,
        )

    def refresh(self, refresh_token: str, id_token_claims: Mapping[str, Any]) -> token.TokenAnswer:
        """New tokens; a new ID token among them must continue the login of ``id_token_claims``."""
        tokens = self._token_endpoint().by_refresh_token(refresh_token)
        if tokens.id_token is not None:
            expected = self._expected(access_token=tokens.access_token)
            claims = id_token.check(tokens.id_token, self._keys, expected, self._now())
            id_token.check_refreshed(claims, id_token_claims)
        return tokens

    def client_credentials(self, scope: str | None = None) -> token.TokenAnswer:
        """An access token for the relying party itself."""
        return self._token_endpoint().by_client_credentials(scope)

    def fetch_userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        """The userinfo claims about ``sub``; empty when the provider has no such endpoint."""
        endpoint = self.metadata().userinfo_endpoint
        return userinfo.fetch(self._http, endpoint, access_token, sub) if endpoint else {}

    def end_session_url(self, **parameters: str | None) -> str | None:
        """Where to log out everywhere; see ``end_session.url``."""
        return end_session.url(self.metadata(), self.client_id, **parameters)

    def check_logout_token(
        self, logout_token: str, is_first_use: Callable[[str, float], bool]
    ) -> backchannel_logout.LogoutToken:
        """Which sessions a back-channel logout token ends; see ``backchannel_logout.check``."""
        return backchannel_logout.check(
            logout_token,
            self._keys,
            issuer=self.issuer,
            client_id=self.client_id,
            is_first_use=is_first_use,
            now=self._now(),
            algorithms=self._algorithms,
            leeway=self._leeway,
        )

    def check_security_event_token(self, token: str) -> tuple[security_event_token.SecurityEvent, ...]:
        """What the provider tells has happened; see ``security_event_token.check``."""
        return security_event_token.check(
            token,
            self._keys,
            issuer=self.issuer,
            client_id=self.client_id,
            now=self._now(),
            algorithms=self._algorithms,
            leeway=self._leeway,
        )

    def event_streams(self) -> event_stream.StreamEndpoints:
        """The provider's endpoints for streams of events."""
        return event_stream.StreamEndpoints(
            self._http, self._transmitter.get(), self._stream_token, self.client_id
        )

    def answer_deletion(self, request_id: str, status: str, reason: str = "") -> None:
        """Say what became of a request to delete; see ``data_deletion.answer``."""
        data_deletion.answer(
            self._http, self.metadata(), self.client_id, self._authentication, request_id, status, reason
        )

    def account_links(self) -> account_linking.AccountLinks:
        """Where to tell which older account of ours a person has."""
        return account_linking.AccountLinks(self._http, self.metadata(), self.client_id, self._authentication)

    def check_account_question(
        self, token: str, is_first_use: Callable[[str, float], bool]
    ) -> account_linking.AccountQuestion:
        """What a person typed about an older account; see ``account_linking.check_question``."""
        return account_linking.check_question(
            token,
            self._keys,
            issuer=self.issuer,
            client_id=self.client_id,
            is_first_use=is_first_use,
            now=self._now(),
            algorithms=self._algorithms,
            leeway=self._leeway,
        )

    def _expected(self, **login: Any) -> id_token.Expected:
        return id_token.Expected(
            issuer=self.issuer,
            client_id=self.client_id,
            algorithms=self._algorithms,
            leeway=self._leeway,
            **login,
        )

    def _token_endpoint(self) -> token.TokenEndpoint:
        return token.TokenEndpoint(self._http, self.metadata(), self.client_id, self._authentication)
