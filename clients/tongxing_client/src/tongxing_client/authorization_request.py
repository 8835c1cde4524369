"""Send the browser to the provider (OIDC Core §3.1.2.1): state, nonce, PKCE S256 and what is asked for.

The request is kept on the server until the answer comes; the browser carries nothing of it but ``state``.
"""

import base64
import dataclasses
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlencode

from tongxing_client import discovery


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A login begun: what ``callback`` and ``id_token`` will compare the answer with."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str
    acr_values: tuple[str, ...] = ()
    essential_acr: bool = False
    max_age: int | None = None
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    return_to: str = "/"
    extra_scope: str = ""

    def to_json(self) -> str:
        """As text for a store."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the store."""
        members = json.loads(text)
        lists = {name: tuple(members[name]) for name in ("acr_values", "authorization_details")}
        return cls(**{**members, **lists})


def begin(
    redirect_uri: str,
    *,
    acr_values: Sequence[str] = (),
    essential_acr: bool = False,
    max_age: int | None = None,
    authorization_details: Sequence[Mapping[str, Any]] = (),
    return_to: str = "/",
    extra_scope: str = "",
) -> AuthorizationRequest:
    """A new request with fresh random values.

    ``acr_values``: acceptable levels in order of preference; with ``essential_acr`` an answer below them is
    an error. ``max_age``: seconds since the person last proved who they are. ``authorization_details``: the
    mandate that is needed (RFC 9396; ``mandate.details``). ``return_to``: our own note. ``extra_scope``: what this
    one login asks beyond the usual.
    """
    return AuthorizationRequest(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        acr_values=tuple(acr_values),
        essential_acr=essential_acr,
        max_age=max_age,
        authorization_details=tuple(authorization_details),
        return_to=return_to,
        extra_scope=extra_scope,
    )


def parameters(
    request: AuthorizationRequest,
    client_id: str,
    *,
    scope: str,
    prompt: str | None = None,
    ui_locales: str | None = None,
    login_hint: str | None = None,
    claims: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything that is asked, numbers and objects as such; ``claims`` is the parameter of OIDC Core §5.5."""
    asked = dict(claims or {})
    if request.essential_acr and request.acr_values:
        acr = {"essential": True, "values": list(request.acr_values)}
        asked["id_token"] = {**asked.get("id_token", {}), "acr": acr}
    every = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": request.redirect_uri,
        "scope": " ".join(dict.fromkeys(f"{scope} {request.extra_scope}".split())),
        "state": request.state,
        "nonce": request.nonce,
        "code_challenge": code_challenge(request.code_verifier),
        "code_challenge_method": "S256",
        "acr_values": " ".join(request.acr_values) or None,
        "max_age": request.max_age,
        "authorization_details": list(request.authorization_details) or None,
        "prompt": prompt,
        "ui_locales": ui_locales,
        "login_hint": login_hint,
        "claims": asked or None,
    }
    return {name: value for name, value in every.items() if value is not None}


def as_form(asked: Mapping[str, Any]) -> dict[str, str]:
    """The same as texts, for a query or a form: objects in JSON (OIDC Core §5.5, RFC 9396 §2)."""
    return {name: value if isinstance(value, str) else _json(value) for name, value in asked.items()}


def url(metadata: discovery.ProviderMetadata, asked: Mapping[str, Any]) -> str:
    """The address to redirect the browser to."""
    separator = "&" if "?" in metadata.authorization_endpoint else "?"
    return metadata.authorization_endpoint + separator + urlencode(as_form(asked))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def code_challenge(code_verifier: str) -> str:
    """RFC 7636 §4.2, ``S256``."""
    digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
