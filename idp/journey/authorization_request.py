"""An authorization request, understood and checked (OIDC Core §3.1.2.1, RFC 7636, RFC 9700 §2.1).

`parse` reads what Authlib's grant has not judged yet. Unknown parameters are ignored; ``display``, ``ui_locales``,
``login_hint`` and ``claims_locales`` never cause an error.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp.assurance import acr
from idp.claims import request as claims_request
from idp.claims.request import ClaimsRequest, InvalidClaimsRequest
from idp.journey import authorization_details, grant_request
from idp.journey.authorization_details import InvalidAuthorizationDetails, MandateDetails
from idp.journey.grant_request import GrantRequest
from idp.relying_parties.relying_party import RelyingParty
from idp.response_modes import BY_NAME
from idp.tokens import id_token

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
MAX_STATE = 2048
MAX_NONCE = 512
MAX_CLAIMS = 4096
MAX_HINT = 256
MAX_LOCALES = 10
MAX_LOCALE = 35  # BCP 47 §4.4.1
MAX_ACR_VALUES = 10
MAX_ACR = 200
# In bytes, as it is kept: whoever asks, be it nobody, makes us remember it for a while.
MAX_KEPT = 7 * 1024


class UnsupportedParameter(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """A parameter of OIDC Core that this provider does not take: ``registration``."""


class UnmetAuthenticationRequirements(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """An essential requirement on the authentication cannot be met (OpenID Connect Core Error Code 1.0)."""

    error = "unmet_authentication_requirements"


class UnknownAuthorizationDetails(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """The authorization details are malformed, unknown or not registered (RFC 9396 §5)."""

    error = "invalid_authorization_details"


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a relying party asks for. Lists are space separated in the request, tuples here.

    ``acr_values`` are the request's, or the registered ones where it names none; ``essential_acr`` is what the claims
    parameter insists on, None when it does not; ``mandate`` the one authorization detail that we know; ``grant`` what
    grant management is asked for.
    """

    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    response_mode: str
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    max_proof_age: int | None = None
    acr_values: tuple[str, ...] = ()
    essential_acr: tuple[str, ...] | None = None
    mandate: MandateDetails | None = None
    grant: GrantRequest | None = None
    login_hint: str | None = None
    hinted_sub: str | None = None
    ui_locales: tuple[str, ...] = ()
    userinfo_claims: dict[str, Any] = field(default_factory=dict)
    id_token_claims: dict[str, Any] = field(default_factory=dict)

    @property
    def claims(self) -> ClaimsRequest:
        """The claims parameter."""
        return ClaimsRequest(self.userinfo_claims, self.id_token_claims)

    @property
    def size(self) -> int:
        """How many bytes it takes to keep."""
        return len(json.dumps(self.to_json(), ensure_ascii=False).encode())

    def to_json(self) -> dict[str, Any]:
        """Return the request as JSON values, for the journey."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "AuthorizationRequest":
        """Read back what `to_json` gave, here or in the version of the program that ran before."""
        read: dict[str, Any] = {
            name: tuple(value.get(name, ())) for name in ("scope", "prompt", "ui_locales", "acr_values")
        }
        if value.get("essential_acr") is not None:
            read["essential_acr"] = tuple(value["essential_acr"])
        if value.get("mandate") is not None:
            read["mandate"] = MandateDetails.from_json(value["mandate"])
        if value.get("grant") is not None:
            read["grant"] = GrantRequest.from_json(value["grant"])
        return cls(**(value | read))


def response_mode(params: Mapping[str, str]) -> str:
    """Return the mode for the answer, an error's too: query unless another one that exists was asked for."""
    mode = params.get("response_mode", "")
    return mode if mode in BY_NAME else "query"


def parse(params: Mapping[str, str], rp: RelyingParty, redirect_uri: str, scope: str) -> AuthorizationRequest:
    """Check everything beyond client, redirect URI, response type and scope; raises Authlib's OAuth2Error."""
    _check_unsupported(params)
    if params.get("response_mode", "query") not in BY_NAME:
        raise InvalidRequestError("Unsupported response_mode")
    state, nonce = params.get("state"), params.get("nonce")
    if len(state or "") > MAX_STATE or len(nonce or "") > MAX_NONCE:
        raise InvalidRequestError("state or nonce is too long")
    asked = _claims(params.get("claims"))
    made = AuthorizationRequest(
        client_id=rp.client_id,
        redirect_uri=redirect_uri,
        scope=tuple(dict.fromkeys(scope.split())),
        response_mode=response_mode(params),
        state=state,
        nonce=nonce,
        code_challenge=_challenge(params, rp, nonce),
        prompt=_prompt(params.get("prompt")),
        max_age=_seconds("max_age", params.get("max_age"), rp.default_max_age),
        max_proof_age=_seconds("max_proof_age", params.get("max_proof_age"), None),
        acr_values=_acr_values(params.get("acr_values"), asked, rp),
        essential_acr=asked.essential_values("acr"),
        mandate=_mandate(params.get("authorization_details"), rp),
        grant=grant_request.parse(params, rp),
        login_hint=(params.get("login_hint") or "")[:MAX_HINT] or None,
        hinted_sub=_hinted_sub(params.get("id_token_hint"), asked, rp),
        ui_locales=_locales(params.get("ui_locales", "")),
        userinfo_claims=asked.userinfo,
        id_token_claims=asked.id_token,
    )
    if made.size > MAX_KEPT:
        raise InvalidRequestError("The request is too large")
    return made


def _check_unsupported(params: Mapping[str, str]) -> None:
    if params.get("registration"):
        raise UnsupportedParameter("registration is not supported", error="registration_not_supported")


def _challenge(params: Mapping[str, str], rp: RelyingParty, nonce: str | None) -> str | None:
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if not challenge:
        if method:
            raise InvalidRequestError("Missing code_challenge")
        if rp.require_pkce:
            raise InvalidRequestError("Missing code_challenge: PKCE is required")
        if not nonce:
            raise InvalidRequestError("Without PKCE a nonce is required")
        return None
    if method != "S256":
        raise InvalidRequestError("code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(challenge):
        raise InvalidRequestError("code_challenge is malformed")
    return challenge


def _prompt(text: str | None) -> tuple[str, ...]:
    values = tuple(dict.fromkeys((text or "").split()))
    if not set(values) <= PROMPTS:
        raise InvalidRequestError("Unknown prompt value")
    if "none" in values and len(values) > 1:
        raise InvalidRequestError("prompt none goes with no other value")
    return values


def _seconds(name: str, text: str | None, default: int | None) -> int | None:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - 30 years are enough
        raise InvalidRequestError(f"{name} must be a number of seconds")
    return int(text)


def _acr_values(text: str | None, asked: ClaimsRequest, rp: RelyingParty) -> tuple[str, ...]:
    """Return the levels asked for, most wanted first: the parameter's, else the claim's, else the registered ones."""
    named = tuple(dict.fromkeys((text or "").split()))[:MAX_ACR_VALUES]
    values = named or asked.wanted_values("acr")[:MAX_ACR_VALUES] or rp.default_acr_values
    values = tuple(value for value in values if len(value) <= MAX_ACR)
    if values and not any(value == acr.ASSISTED or acr.find(value) is not None for value in values):
        raise UnmetAuthenticationRequirements("None of the values of acr_values is supported")
    return values


def _mandate(text: str | None, rp: RelyingParty) -> MandateDetails | None:
    try:
        wanted = authorization_details.parse(text, rp.authorization_details_types)
    except InvalidAuthorizationDetails as error:
        raise UnknownAuthorizationDetails(str(error)) from error
    if wanted is not None and rp.item_codes and not set(wanted.item_codes) <= set(rp.item_codes):
        # A site may ask no more than its registered items need (domain §5).
        raise UnknownAuthorizationDetails("An item code is not registered for this client")
    return wanted


def _locales(text: str) -> tuple[str, ...]:
    return tuple(tag for tag in text.split()[:MAX_LOCALES] if len(tag) <= MAX_LOCALE)


def _claims(text: str | None) -> ClaimsRequest:
    if len(text or "") > MAX_CLAIMS:
        raise InvalidRequestError("claims is too long")
    try:
        asked = claims_request.parse(text)
    except InvalidClaimsRequest as error:
        raise InvalidRequestError(str(error)) from error
    return asked


def _hinted_sub(hint: str | None, asked: ClaimsRequest, rp: RelyingParty) -> str | None:
    wanted = set(asked.wanted_subjects())
    if hint:
        claims = id_token.find_hint(hint)
        if claims is None or claims["aud"] != rp.client_id:
            raise InvalidRequestError("id_token_hint was not issued to this client by this provider")
        wanted.add(str(claims["sub"]))
    if len(wanted) > 1:
        raise InvalidRequestError("id_token_hint and claims demand different subjects")
    return wanted.pop() if wanted else None
