"""Doors for machines: one file per name that discovery advertises (``token_endpoint`` → token.py).

Each file holds its route (``blueprint``) and its part of the discovery document (``metadata``); it reads parameters,
calls the room that decides and sends the answer. It holds no rule of its own.
One more endpoint: a module like its siblings, added to ALL; the layout tests hold its name to discovery.
"""

from typing import Any, Protocol

from flask import Blueprint

from idp.endpoints import (
    authorization,
    end_session,
    health,
    introspection,
    jwks,
    metrics,
    openid_configuration,
    revocation,
    token,
    userinfo,
)


class Endpoint(Protocol):
    """What each endpoint's module offers."""

    blueprint: Blueprint

    def metadata(self, issuer: str) -> dict[str, Any]:
        """Return this endpoint's members of the discovery document (RFC 8414 §2, OIDC Discovery §3)."""


ALL: tuple[Endpoint, ...] = (
    authorization,
    token,
    userinfo,
    jwks,
    introspection,
    revocation,
    end_session,
    openid_configuration,
    health,
    metrics,
)
