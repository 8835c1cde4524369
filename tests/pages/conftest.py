"""Providers whose text messages arrive somewhere, and people who are signed in."""

from collections.abc import Callable, Iterator

import pytest

from idp.setting_sections import Limits, Registers, Sms
from tests.accounts.conftest import gateway, gateway_service
from tests.accounts.gateway import Gateway
from tests.person import Person, Visitor
from tests.proofing.conftest import proving, server
from tests.proofing.register_server import RegisterServer
from tests.provider import MANY, NewProvider, Provider, Template
from tests.services import postgresql, redis_server
from tests.site import Site

__all__ = ["gateway", "gateway_service", "proving", "server"]

PATIENT = Limits(
    phone_codes_per_address=MANY,
    login_attempts_per_address=MANY,
    proofings_per_address=MANY,
    recoveries_per_address=MANY,
)


@pytest.fixture(scope="session")
def phones_on_sqlite(
    template: Template, tmp_path_factory: pytest.TempPathFactory, gateway_service: Gateway
) -> Iterator[Provider]:
    """One provider on SQLite whose messages arrive."""
    made = template.on_sqlite(
        tmp_path_factory.mktemp("phones"), sms=Sms(url=gateway_service.url), limits=PATIENT
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def phones_on_servers(
    template: Template,
    postgresql_cluster: postgresql.Cluster,
    redis_service: redis_server.Server,
    gateway_service: Gateway,
) -> Iterator[Provider]:
    """One provider on PostgreSQL and Redis whose messages arrive."""
    made = template.on_servers(
        postgresql_cluster, redis_service, sms=Sms(url=gateway_service.url), limits=PATIENT
    )
    yield made
    made.close()


@pytest.fixture(params=["phones_on_sqlite", pytest.param("phones_on_servers", marks=pytest.mark.integration)])
def phones(request: pytest.FixtureRequest, gateway: Gateway) -> Provider:
    """A provider with a gateway for text messages; tests keep apart by newcomers of their own."""
    found: Provider = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def register_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegisterServer]:
    """One service of registers for the run; tests say what it knows."""
    opened = RegisterServer(tmp_path_factory.mktemp("registers"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def registers_on_sqlite(
    template: Template,
    tmp_path_factory: pytest.TempPathFactory,
    gateway_service: Gateway,
    register_service: RegisterServer,
) -> Iterator[Provider]:
    """One provider on SQLite with messages and registers."""
    made = template.on_sqlite(
        tmp_path_factory.mktemp("registers"),
        sms=Sms(url=gateway_service.url),
        registers=Registers(**register_service.settings(attempts=1)),
        limits=PATIENT,
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def registers_on_servers(
    template: Template,
    postgresql_cluster: postgresql.Cluster,
    redis_service: redis_server.Server,
    gateway_service: Gateway,
    register_service: RegisterServer,
) -> Iterator[Provider]:
    """One provider on PostgreSQL and Redis with messages and registers."""
    made = template.on_servers(
        postgresql_cluster,
        redis_service,
        sms=Sms(url=gateway_service.url),
        registers=Registers(**register_service.settings(attempts=1)),
        limits=PATIENT,
    )
    yield made
    made.close()


@pytest.fixture(
    params=["registers_on_sqlite", pytest.param("registers_on_servers", marks=pytest.mark.integration)]
)
def asking(request: pytest.FixtureRequest, gateway: Gateway) -> Provider:
    """A provider that can send messages and ask registers."""
    found: Provider = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def proving_pages(new_provider: NewProvider, server: RegisterServer, gateway: Gateway) -> Provider:
    """A provider whose registers and messages arrive."""
    return new_provider(registers=server.settings(timeout=1.0), sms=Sms(url=gateway.url), limits=PATIENT)


@pytest.fixture
def enter(proving_pages: Provider) -> Callable[[Person], Visitor]:
    """A function that opens a browser in which a person has just logged in."""

    def begin(person: Person) -> Visitor:
        visitor = Visitor(proving_pages.app, proving_pages.settings.issuer, language="en")
        visitor.go("/login")
        visitor.log_in(person)
        assert visitor.is_at("/account")
        return visitor

    return begin


@pytest.fixture
def site(provider: Provider) -> Site:
    """A site that asks for name, language and phone."""
    return provider.site()


@pytest.fixture
def person(provider: Provider) -> Person:
    """Somebody who is not logged in anywhere."""
    return provider.person()
