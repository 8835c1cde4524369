"""What an authorization request says about the grant it makes or changes (Grant Management for OAuth 2.0 §5.2).

A draft of the FAPI working group (-03). ``create`` begins a new grant, ``merge`` adds to one, ``replace`` leaves
nothing else in it. A grant is the consent record of one person at one relying party, ``grant_id`` the record's id.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp.relying_parties.relying_party import NONE, RelyingParty

CREATE, MERGE, REPLACE = ACTIONS = ("create", "merge", "replace")
SHAPE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class InvalidGrantId(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """The grant is unknown, or not this person's at this client (§5.4)."""

    error = "invalid_grant_id"


@dataclass(frozen=True)
class GrantRequest:
    """The action, and the grant it is about; ``create`` has none yet."""

    action: str
    grant_id: str | None = None

    @property
    def record_id(self) -> UUID | None:
        """The consent record that is named."""
        return None if self.grant_id is None else UUID(self.grant_id)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "GrantRequest":
        """Read back what was kept with the journey."""
        return cls(**value)


def parse(params: Mapping[str, str], rp: RelyingParty) -> GrantRequest | None:
    """Return what the request wants, None when it says nothing of grants; raises Authlib's OAuth2Error (§5.4)."""
    action, grant_id = params.get("grant_management_action"), params.get("grant_id")
    if action is None:
        if grant_id is not None:
            raise InvalidRequestError("grant_id needs grant_management_action")
        return None
    if rp.token_endpoint_auth_method == NONE:
        raise InvalidRequestError("Grant management is for clients that authenticate")
    if action not in ACTIONS:
        raise InvalidRequestError("grant_management_action must be create, merge or replace")
    if action == CREATE:
        if grant_id is not None:
            raise InvalidRequestError("grant_id does not go with create")
        return GrantRequest(CREATE)
    if grant_id is None:
        raise InvalidRequestError("Missing grant_id")
    if not SHAPE.fullmatch(grant_id):
        raise InvalidGrantId("The grant is unknown")
    return GrantRequest(action, grant_id)
