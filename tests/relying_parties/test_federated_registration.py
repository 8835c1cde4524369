"""How members stand in the database: once, as found, and under their operator's hand."""

import threading
from typing import Any

import pytest

from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import InvalidInput
from idp.federation.resolution import RESOLUTION
from idp.relying_parties import cache, federated, registration
from idp.relying_parties.metadata import InvalidMetadata
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import Elsewhere
from tests.provider import Provider
from tests.relying_parties.member import PATIENT, Federation, at


@pytest.fixture
def federation(elsewhere: Elsewhere) -> Federation:
    return Federation(elsewhere)


@pytest.fixture
def provider(trusting: TrustingProvider, federation: Federation) -> Provider:
    """A provider that trusts the nation."""
    return trusting(federation.nation, **PATIENT)


def test_an_operator_can_disable_one_too(provider: Provider, federation: Federation) -> None:
    site = at(provider, federation.site())
    visitor = site.visitor()
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.location.startswith("/login")
    with provider.context():
        registration.set_active(site.id, active=False)
        commit()
        RESOLUTION.get().forget()
        assert cache.find(site.id) is None
        assert federated.find(site.id) is None
        assert federated.admit(site.id) is None
    visitor.open(site.signed_url(site.request_object()))
    assert visitor.page.error == "invalid_client"
    with provider.context():
        with pytest.raises(InvalidInput):
            registration.update(site.id, {"scope": "openid"})
        with pytest.raises(InvalidInput):
            registration.rotate_secret(site.id)


def test_two_who_come_at_once_are_registered_once(provider: Provider, federation: Federation) -> None:
    entity, seen = federation.site(), list[Any]()

    def come() -> None:
        with provider.context():
            try:
                seen.append(federated.admit(entity.id))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                seen.append(error)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {getattr(one, "client_id", one) for one in seen} == {entity.id}
    with provider.context():
        assert registration.get(entity.id).version == 1
        assert (
            db.session.query(AuditEvent).filter_by(client_id=entity.id, name="relying_party.created").count()
            == 1
        )


def test_an_entity_identifier_is_never_registered_by_hand(provider: Provider) -> None:
    with provider.context(), pytest.raises(InvalidMetadata):
        registration.read({"client_id": "https://site.example.cn", "redirect_uris": ["https://x.example/cb"]})
