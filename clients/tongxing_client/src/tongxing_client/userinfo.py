"""Ask who it is (OIDC Core §5.3), and believe the answer only about the person who logged in (§5.3.4)."""

from typing import Any

from tongxing_client import errors, jwt, transport

_OK = 200


def fetch(http: transport.Transport, endpoint: str, access_token: str, sub: str) -> dict[str, Any]:
    """The claims about ``sub``; ``UserinfoRefused`` when refused or when they are about somebody else."""
    answer = http.get(endpoint, {"Authorization": f"Bearer {access_token}"})
    if answer.status != _OK:
        raise errors.UserinfoRefused(f"status {answer.status}")
    if answer.content_type != "application/json":
        raise errors.BadProviderAnswer("userinfo: not application/json")
    claims = answer.json()
    if not jwt.is_same(claims.get("sub"), sub):
        raise errors.UserinfoRefused("the claims are about another subject")
    return claims
