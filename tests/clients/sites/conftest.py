"""The sites set up against the provider of the test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest

from clients.sites import keys, service_site
from clients.sites.definition import Definition
from clients.sites.province.definition import PROVINCE
from clients.sites.settings import SiteSettings
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tongxing_client.signing_key import SigningKey

DEFINITIONS = keys.SITES
SITE = "http://localhost:5000"


@pytest.fixture
def make_site(
    provider: LoopbackProvider, clock: Clock, new_key: Callable[[str], SigningKey], tmp_path: Path
) -> Callable[..., flask.Flask]:
    """A function that makes the application of one definition."""

    def make(definition: Definition = PROVINCE, **changes: Any) -> flask.Flask:
        jwks = {"keys": [dict(new_key("protocol").public_jwk)]}
        provider.clients[SITE] = {"method": "private_key_jwt", "jwks": jwks}
        settings: dict[str, Any] = {
            "issuer": provider.issuer,
            "site_url": SITE,
            "address": "127.0.0.1",
            "port": 5000,
            "keys": tmp_path,
            "federation_key": new_key("federation"),
            "protocol_key": new_key("protocol"),
            "authority_hints": tuple(
                f"{provider.issuer}/authorities/{name}" for name in definition.superiors
            ),
            "other_sites": {other.key: f"http://localhost:{other.port}" for other in DEFINITIONS},
        }
        return service_site.create_app(definition, SiteSettings(**{**settings, **changes}), clock.now)

    return make
