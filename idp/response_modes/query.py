"""``query``: parameters in the query of the redirect URI, beside those it has (RFC 6749 §4.1.2)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from idp.response_modes.reply import Reply

MODE = "query"


def reply(redirect_uri: str, params: Mapping[str, str]) -> Reply:
    """Redirect with the parameters appended."""
    return Reply(location=f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(params)}")
