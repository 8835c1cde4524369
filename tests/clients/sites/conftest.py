"""The three sites set up against the provider of the test."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from clients.sites import service_site
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition
from clients.sites.province.definition import PROVINCE
from clients.sites.settings import SiteSettings
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tongxing_client import client_authentication

DEFINITIONS = (PROVINCE, CITY, COUNTY)


@pytest.fixture
def make_site(provider: LoopbackProvider, clock: Clock) -> Callable[..., flask.Flask]:
    """A function that makes the application of one definition."""

    def make(definition: Definition = PROVINCE, **changes: Any) -> flask.Flask:
        provider.clients[definition.client_id] = {"method": "client_secret_basic", "secret": "s3cret"}
        settings: dict[str, Any] = {
            "issuer": provider.issuer,
            "client_id": definition.client_id,
            "site_url": "http://localhost:5000",
            "address": "127.0.0.1",
            "port": 5000,
            "client_authentication": client_authentication.ClientSecretBasic("s3cret"),
            "other_sites": {other.key: f"http://localhost:{other.port}" for other in DEFINITIONS},
        }
        return service_site.create_app(definition, SiteSettings(**{**settings, **changes}), clock.now)

    return make
