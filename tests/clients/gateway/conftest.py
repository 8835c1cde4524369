"""The gateway set up against the provider of the test."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import flask
import pytest

from clients.gateway import application
from clients.gateway.cas_service import CasService
from clients.gateway.rules import Rule
from clients.gateway.settings import GatewaySettings
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tongxing_client.signing_key import SigningKey

SITE = "http://localhost:5000"
RULES = (
    Rule(path="/", level=2),
    Rule(path="/public/", is_public=True),
    Rule(path="/withdraw/", level=3, max_age=300),
    Rule(path="/estate", level=2, item="estate-query"),
)
SERVICES = (
    CasService(
        name="老年教育", url="https://school.example.gov.cn/app/", attributes=("name", "phone_number")
    ),
    CasService(name="图书馆", url="https://library.example.gov.cn/cas", level=3, user="legacy_id"),
)
MakeGateway = Callable[..., flask.Flask]
NAMES = {"cas": "http://www.yale.edu/tp/cas"}


def parse(text: str) -> ET.Element:
    """The answer to a service, as XML."""
    return ET.fromstring(text)  # noqa: S314 - our own answer


@pytest.fixture
def make_gateway(
    provider: LoopbackProvider, clock: Clock, new_key: Callable[[str], SigningKey]
) -> MakeGateway:
    """A function that makes the gateway of a site, whose person has level 2, with changes."""
    provider.id_token_claims["acr"] = "urn:tongxing:loa:2"

    def make(**changes: Any) -> flask.Flask:
        key = new_key("gateway")
        provider.clients["gateway"] = {"method": "private_key_jwt", "jwks": {"keys": [dict(key.public_jwk)]}}
        settings: dict[str, Any] = {
            "issuer": provider.issuer,
            "client_id": "gateway",
            "url": f"{SITE}/.tongxing",
            "scope": "openid profile",
            "bind": "127.0.0.1",
            "port": 8030,
            "key": key,
            "rules": RULES,
            "services": SERVICES,
        }
        return application.create_app(GatewaySettings(**{**settings, **changes}), clock.now)

    return make
