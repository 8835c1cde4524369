"""Members of the federation as relying parties (OpenID Federation 1.0 §12), through the doors, with real superiors."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.batch import BATCH
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.federation.resolution import RESOLUTION
from idp.relying_parties import cache, federated, registration, relying_party_row
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP, Elsewhere
from tests.provider import Provider, counted
from tests.relying_parties.member import Federation, at
from tests.site import Site, answered

pytest_plugins = ("tests.federation.conftest",)


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that trusts the nation."""
    return trusting(federation.nation)


def refused(provider: Provider, client_id: str) -> dict[str, Any]:
    """What the audit says of the last refusal."""
    with provider.context():
        BATCH.get().flush()
        query = db.session.query(AuditEvent).filter_by(client_id=client_id, name="relying_party.refused")
        data: dict[str, Any] = query.order_by(AuditEvent.id.desc()).first().data  # type: ignore[union-attr]
        return data


def test_a_site_that_nobody_registered_logs_a_person_in(provider: Provider, federation: Federation) -> None:
    site, visitor = at(provider, federation.site()), None
    visitor = site.visitor()
    person = provider.person()
    visitor.arrive(site.signed_url(site.request_object()), person)
    tokens = site.redeem(answered(visitor.location)["code"])
    assert tokens.status == 200, tokens.body
    assert site.claims(tokens["access_token"])["name"] == person.name
    assert site.refresh(tokens["refresh_token"]).status == 200
    with provider.context():
        row = registration.get(site.id)
        assert (row.registration, row.trust_anchor) == ("automatic", federation.nation.id)
        assert row.chain_path == [site.id, federation.city.id, federation.province.id, federation.nation.id]
        assert row.chain_expires_at is not None
        found = cache.find(site.id)
        assert found is not None
        assert found.client_name.text("en") == "County registry"
        created = db.session.query(AuditEvent).filter_by(client_id=site.id, name="relying_party.created").one()
        assert created.data["path"] == row.chain_path
