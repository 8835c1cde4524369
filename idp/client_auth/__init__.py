"""How a relying party proves who it is at the token, introspection and revocation endpoints (OIDC Core §9).

One file per method, named after it. Each takes (find, request) as Authlib calls it and returns the relying party
or None. Does not own the registered secrets and keys (`idp.relying_parties`).
One more method: a module with METHOD and `authenticate`, added to ALL.
"""

from collections.abc import Callable
from typing import Any, Protocol

from idp.client_auth import client_secret_basic, client_secret_post, none, private_key_jwt
from idp.relying_parties.relying_party import RelyingParty


class Method(Protocol):
    """What each method's module offers."""

    METHOD: str

    def authenticate(self, find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
        """Return the relying party that *request* proves, None when this method was not used or failed."""


ALL: tuple[Method, ...] = (client_secret_basic, client_secret_post, private_key_jwt, none)
METHODS = tuple(module.METHOD for module in ALL)
# Of parties that can keep a secret: only they may introspect (RFC 7662 §2.1) or ask for themselves (RFC 6749 §4.4).
CONFIDENTIAL = tuple(method for method in METHODS if method != none.METHOD)
