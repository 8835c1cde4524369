"""Entities elsewhere, and a provider of one's own that trusts their anchor."""

from collections.abc import Callable, Iterator

import pytest

from idp.db import commit
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.store import EPHEMERAL
from idp.federation import trust_anchor
from idp.setting_sections import Federation
from tests.federation.elsewhere import Elsewhere, Entity
from tests.federation.far_line import Line
from tests.provider import NewProvider, Provider

# Quicker than out of the box, so that whoever never answers is not waited for long.
QUICK = Federation(fetch_seconds=2.0, resolve_seconds=6.0)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A server with entities of its own."""
    made = Elsewhere()
    yield made
    made.close()


TrustingProvider = Callable[..., Provider]


@pytest.fixture
def trusting(new_provider: NewProvider) -> TrustingProvider:
    """A function that makes a provider that trusts these anchors; takes settings of the federation."""

    def make(*anchors: Entity, **limits: object) -> Provider:
        provider = new_provider(federation=QUICK.model_copy(update=limits))
        with provider.context():
            for anchor in anchors:
                trust_anchor.add(anchor.id, anchor.jwks)
            commit()
        # A mailbox begins with the word that anything may have changed: at some moment of the test, if it came late.
        store = EPHEMERAL.of(provider.app)
        assert isinstance(store, DatabaseStore)
        store._mailbox.close()
        return provider

    return make


@pytest.fixture
def line(elsewhere: Elsewhere) -> Line:
    """A nation, a province, a city and a site elsewhere."""
    return Line(elsewhere)
