"""How the authorization response travels back to the relying party (OAuth 2.0 Multiple Response Types §2.1).

One file per ``response_mode``. Each turns (redirect URI, parameters) into a `Reply`, which the endpoint sends.
"""

from collections.abc import Mapping
from typing import Protocol

from idp.response_modes import form_post, fragment, query
from idp.response_modes.reply import Reply


class ResponseMode(Protocol):
    """What each mode's module offers."""

    MODE: str

    def reply(self, redirect_uri: str, params: Mapping[str, str]) -> Reply:
        """Return what to send to the browser."""


ALL: tuple[ResponseMode, ...] = (query, fragment, form_post)
BY_NAME = {module.MODE: module for module in ALL}
