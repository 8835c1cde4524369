"""A request to log out (OIDC RP-Initiated Logout 1.0 §2), understood and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from idp.errors import InvalidInput
from idp.relying_parties import cache
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import id_token

MAX_LOCALES = 200  # characters: more languages than anybody speaks


@dataclass(frozen=True)
class LogoutRequest:
    """Who asks, where the person goes afterwards, and the languages the site wishes; all may be unknown."""

    rp: RelyingParty | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None
    ui_locales: str = ""

    @property
    def return_url(self) -> str | None:
        """The registered address to return to, with state."""
        if self.post_logout_redirect_uri is None:
            return None
        if self.state is None:
            return self.post_logout_redirect_uri
        joint = "&" if "?" in self.post_logout_redirect_uri else "?"
        return f"{self.post_logout_redirect_uri}{joint}{urlencode({'state': self.state})}"

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The parameters for the confirmation form to carry along; they are checked again when it is posted."""
        values = {"ui_locales": self.ui_locales}
        if self.rp is not None:
            values |= {
                "client_id": self.rp.client_id,
                "post_logout_redirect_uri": self.post_logout_redirect_uri or "",
                "state": self.state or "",
            }
        return [(name, value) for name, value in values.items() if value]


def parse(params: Mapping[str, str]) -> LogoutRequest:
    """Check the request; raises InvalidInput for a hint of somebody else's or an address that is not registered."""
    hint = params.get("id_token_hint")
    claims = id_token.find_hint(hint) if hint else None
    if hint and claims is None:
        raise InvalidInput("invalid_request", detail="id_token_hint was not issued by this provider")
    audience = str(claims["aud"]) if claims else None
    client_id = params.get("client_id") or audience
    if audience and client_id != audience:
        raise InvalidInput("invalid_request", detail="client_id and id_token_hint name different clients")
    rp = cache.find(client_id) if client_id else None
    if client_id and rp is None:
        raise InvalidInput("invalid_client", detail="the client is unknown")
    uri = params.get("post_logout_redirect_uri")
    if uri and (rp is None or not rp.check_post_logout_redirect_uri(uri)):
        raise InvalidInput(
            "invalid_request", detail="post_logout_redirect_uri is not registered for this client"
        )
    return LogoutRequest(rp, uri, params.get("state"), params.get("ui_locales", "")[:MAX_LOCALES])
