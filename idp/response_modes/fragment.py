"""``fragment``: parameters behind the # of the redirect URI; registered URIs have none themselves."""

from collections.abc import Mapping
from urllib.parse import urlencode

from idp.response_modes.reply import Reply

MODE = "fragment"


def reply(redirect_uri: str, params: Mapping[str, str]) -> Reply:
    """Redirect with the parameters as the fragment."""
    return Reply(location=f"{redirect_uri}#{urlencode(params)}")
