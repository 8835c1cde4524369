"""``form_post``: the browser posts the parameters (OAuth 2.0 Form Post Response Mode §2)."""

from collections.abc import Mapping

from idp.response_modes.reply import Reply

MODE = "form_post"


def reply(redirect_uri: str, params: Mapping[str, str]) -> Reply:
    """Post the parameters to the redirect URI."""
    return Reply(action=redirect_uri, params=tuple(params.items()))
