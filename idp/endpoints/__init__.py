"""Doors for machines: one file per name that discovery advertises (``token_endpoint`` → token.py).

Each file holds its part of the discovery document (``metadata``) and its route: MACHINES answer values to values
through `idp.machine` (``ROUTES``), BROWSERS are reached by a person's browser and are Flask views (``blueprint``).
They read parameters, call the room that decides and send the answer; they hold no rule of their own.
One more endpoint: a module like its siblings, added to one of both; the layout tests hold its name to discovery.
"""

from typing import Any, Protocol

from flask import Blueprint

from idp.endpoints import (
    account_link,
    account_link_code,
    add_subject,
    assurance_levels,
    authorization,
    configuration,
    data_deletion,
    end_session,
    federation_fetch,
    federation_historical_keys,
    federation_list,
    federation_registration,
    federation_resolve,
    federation_trust_mark,
    federation_trust_mark_list,
    federation_trust_mark_status,
    grant_management,
    health,
    historical_jwks,
    introspection,
    jwks,
    metrics,
    mutual_recognition,
    openid_configuration,
    openid_federation,
    poll,
    pushed_authorization_request,
    recognition_logout,
    register_notice,
    remove_subject,
    revocation,
    ssf_configuration,
    status,
    token,
    userinfo,
    verification,
)
from idp.machine import Routes


class Endpoint(Protocol):
    """What each endpoint's module offers."""

    def metadata(self, issuer: str) -> dict[str, Any]:
        """Return this endpoint's members of the discovery document (RFC 8414 §2, OIDC Discovery §3)."""


class Machine(Endpoint, Protocol):
    """An endpoint that only programs call."""

    ROUTES: Routes


class Browser(Endpoint, Protocol):
    """An endpoint that a browser is sent to, or a probe looks at."""

    blueprint: Blueprint


MACHINES: tuple[Machine, ...] = (
    token,
    pushed_authorization_request,
    userinfo,
    jwks,
    historical_jwks,
    introspection,
    revocation,
    openid_configuration,
    assurance_levels,
    register_notice,
    mutual_recognition,
    recognition_logout,
    data_deletion,
    grant_management,
    account_link,
    account_link_code,
)
SHARED_SIGNALS: tuple[Machine, ...] = (
    ssf_configuration,
    configuration,
    status,
    add_subject,
    remove_subject,
    verification,
    poll,
)
# Below every entity hosted here (`idp.machine.ENTITY`).
FEDERATION: tuple[Machine, ...] = (
    openid_federation,
    federation_fetch,
    federation_list,
    federation_registration,
    federation_resolve,
    federation_trust_mark,
    federation_trust_mark_status,
    federation_trust_mark_list,
    federation_historical_keys,
)
BROWSERS: tuple[Browser, ...] = (authorization, end_session, health, metrics)
ALL: tuple[Endpoint, ...] = (*MACHINES, *SHARED_SIGNALS, *FEDERATION, *BROWSERS)
