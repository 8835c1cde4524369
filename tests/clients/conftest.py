"""What every test of the kit and the sites starts from: a clock, a provider, a relying party."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients import loopback_provider
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tongxing_client import client_authentication, jwks, relying_party, transport
from tongxing_client.entity import Entity
from tongxing_client.signing_key import SigningKey


@pytest.fixture
def clock() -> Clock:
    """A clock the test sets."""
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[LoopbackProvider]:
    """The provider, alone for this test."""
    with loopback_provider.run(clock) as running:
        yield running


@pytest.fixture
def transmitter(provider: LoopbackProvider) -> LoopbackTransmitter:
    """Its ear for streams and its voice for events."""
    return LoopbackTransmitter(provider)


@pytest.fixture
def http() -> transport.Transport:
    """HTTP with a short patience."""
    return transport.Transport(seconds=2, proxies=False)


@pytest.fixture
def keys(provider: LoopbackProvider, http: transport.Transport) -> jwks.KeySet:
    """The provider's keys, fetched anew for each unknown one."""
    return jwks.KeySet(http, lambda: f"{provider.issuer}/jwks", renew_seconds=0)


@pytest.fixture
def make_party(provider: LoopbackProvider, clock: Clock) -> Callable[..., relying_party.RelyingParty]:
    """A function that sets up the relying party ``rp``, with changes."""

    def make(**changes: Any) -> relying_party.RelyingParty:
        settings: dict[str, Any] = {
            "issuer": provider.issuer,
            "client_id": "rp",
            "client_authentication": client_authentication.ClientSecretBasic("s3cret"),
            "redirect_uri": "http://localhost:5000/callback",
            "http_seconds": 2,
            "renew_keys_seconds": 0,
            "now": clock.now,
        }
        return relying_party.RelyingParty(**{**settings, **changes})

    return make


@pytest.fixture
def party(make_party: Callable[..., relying_party.RelyingParty]) -> relying_party.RelyingParty:
    """The relying party ``rp``."""
    return make_party()


@pytest.fixture
def new_key(tmp_path: Path) -> Callable[[str], SigningKey]:
    """A function that makes a key, or gives the one that it made under that name."""
    return lambda name: SigningKey.of_file(tmp_path / "keys" / f"{name}.pem")


@pytest.fixture
def make_entity(new_key: Callable[[str], SigningKey]) -> Callable[..., Entity]:
    """A function that makes the member of the federation at ``http://localhost:5000``, with changes."""

    def make(**changes: Any) -> Entity:
        settings: dict[str, Any] = {
            "entity_id": "http://localhost:5000",
            "federation_keys": [new_key("federation")],
            "protocol_keys": [new_key("protocol")],
            "authority_hints": ["https://id.example.gov.cn/authorities/330106"],
        }
        return Entity(**{**settings, **changes})

    return make
