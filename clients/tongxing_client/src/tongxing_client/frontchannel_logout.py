"""Receive the same through the browser (OIDC Front-Channel Logout 1.0 §2), for those who cannot be called."""

from collections.abc import Mapping

from tongxing_client import errors

_MAX_CHARACTERS = 255


def get_sid(parameters: Mapping[str, str], issuer: str) -> str:
    """The session to end; ``iss`` and ``sid`` both must be there (§2, session required)."""
    if parameters.get("iss") != issuer:
        raise errors.IssuerMismatch("iss is not our provider")
    sid = parameters.get("sid", "")
    if not sid or len(sid) > _MAX_CHARACTERS:
        raise errors.CallbackRefused("sid is missing or too long")
    return sid
