"""The design's budgets (§5): how often each operation asks database and Redis, and signs. Counts are stable where
times are not. Caches are warm, the servers real.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import argon2
import pytest
import redis.connection
from werkzeug.test import TestResponse

from idp.db import ping
from idp.ephemeral.store import EPHEMERAL
from idp.keys import compact_jwt
from tests.person import PASSWORD, Person
from tests.provider import ISSUER, Counts, Provider, counted
from tests.site import KEY, PUBLIC_JWKS, Site, answered

pytestmark = pytest.mark.integration


@dataclass
class Spent:
    """What one operation cost."""

    database: Counts
    redis: int = 0
    signatures: int = 0
    hashes: int = 0
    commands: list[bytes] = field(default_factory=list)


@pytest.fixture
def measure(production: Provider, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A context manager that counts what this thread spends inside."""
    here = threading.get_ident()
    open_accounts: list[Spent] = []
    send: Any = redis.connection.AbstractConnection.send_packed_command
    sign = compact_jwt.sign
    verify: Any = argon2.PasswordHasher.verify

    def counting_send(self: Any, command: Any, *args: Any, **options: Any) -> Any:
        if threading.get_ident() == here:
            for account in open_accounts:
                account.redis += 1
                account.commands.append(command if isinstance(command, bytes) else b"".join(command))
        return send(self, command, *args, **options)

    def counting_sign(*args: Any, **options: Any) -> str:
        for account in open_accounts:
            account.signatures += 1
        return sign(*args, **options)

    def counting_verify(*args: Any, **options: Any) -> Any:
        for account in open_accounts:
            account.hashes += 1
        return verify(*args, **options)

    monkeypatch.setattr(redis.connection.AbstractConnection, "send_packed_command", counting_send)
    monkeypatch.setattr(compact_jwt, "sign", counting_sign)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting_verify)

    @contextmanager
    def measuring() -> Iterator[Spent]:
        # Connections are there, and greeted.
        EPHEMERAL.of(production.app).ping()
        with counted(production.app) as database:
            account = Spent(database)
            open_accounts.append(account)
            try:
                yield account
            finally:
                open_accounts.remove(account)

    return measuring


@pytest.fixture(scope="module")
def site(production: Provider) -> Site:
    made = production.site()
    production.settle()
    return made


@pytest.fixture(scope="module")
def person(production: Provider) -> Person:
    return production.person()


def get(site: Site, path: str) -> TestResponse:
    return site.app.test_client().get(path, base_url=ISSUER)


@pytest.mark.parametrize(
    "path",
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/healthz"],
)
def test_public_documents_cost_nothing(site: Site, measure: Any, path: str) -> None:
    get(site, path)
    with measure() as spent:
        assert get(site, path).status_code == 200
    assert (spent.database.statements, spent.redis, spent.signatures) == ([], 0, 0)


def test_client_credentials(production: Provider, measure: Any) -> None:
    machine = production.site(grant_types=["client_credentials"], response_types=[], redirect_uris=[])
    production.settle()
    machine.token(grant_type="client_credentials")
    with measure() as spent:
        assert machine.token(grant_type="client_credentials").status == 200
    assert spent.database.statements == []
    assert spent.redis == 0
    assert spent.signatures == 1


def test_client_credentials_by_assertion(production: Provider, measure: Any) -> None:
    """One round trip so that each assertion counts once."""
    machine = production.site(
        grant_types=["client_credentials"],
        response_types=[],
        redirect_uris=[],
        token_endpoint_auth_method="private_key_jwt",
        client_secret=None,
        jwks=PUBLIC_JWKS,
    )
    production.settle()
    machine.token(grant_type="client_credentials")
    assertion = machine.assertion()
    with measure() as spent:
        assert machine.token(grant_type="client_credentials", client_assertion=assertion).status == 200
    assert spent.database.statements == []
    assert spent.redis == 1
    assert spent.signatures == 1


def test_code(site: Site, person: Person, measure: Any) -> None:
    site.tokens(person)
    code = site.code(person)
    with measure() as spent:
        assert site.redeem(code).status == 200
    assert spent.database.transactions == 1
    assert spent.redis <= 2, spent.commands
    assert spent.signatures == 2
    assert len(spent.database.statements) <= 4, spent.database.statements


def test_refresh(site: Site, person: Person, measure: Any) -> None:
    token = site.tokens(person)["refresh_token"]
    with measure() as spent:
        assert site.refresh(token).status == 200
    assert spent.database.transactions == 1
    assert spent.redis <= 1, spent.commands
    assert spent.signatures == 2
    assert len(spent.database.statements) <= 2, spent.database.statements


def test_introspection(site: Site, person: Person, measure: Any) -> None:
    token = site.tokens(person)["access_token"]
    with measure() as spent:
        assert site.introspect(token)["active"] is True
    assert spent.database.statements == []
    assert spent.redis <= 1, spent.commands
    assert spent.signatures == 0


def test_userinfo(site: Site, person: Person, measure: Any) -> None:
    token = site.tokens(person)["access_token"]
    with measure() as spent:
        assert site.userinfo(token).status_code == 200
    assert len(spent.database.statements) <= 1, spent.database.statements
    assert spent.redis <= 1, spent.commands
    assert spent.signatures == 0


@pytest.mark.parametrize("right", [True, False])
def test_login_page_and_password(site: Site, person: Person, measure: Any, right: bool) -> None:
    visitor = site.visitor()
    site.code(person, visitor)
    visitor = site.visitor()
    visitor.open(site.authorize_url())
    page = visitor.location
    values = {"identifier": person.username, "password": PASSWORD if right else "wrong password"}
    with measure() as spent:
        visitor.open(page)
        visitor.send("login-submit", values=values, follow=False)
    assert visitor.response.status_code == (303 if right else 400)
    # A browser never seen is remembered, which is a third statement of the second transaction, no third transaction.
    assert spent.database.transactions <= 2, spent.database.statements
    # A wrong password is counted, which is one more.
    assert spent.redis <= (3 if right else 4), spent.commands
    assert (spent.signatures, spent.hashes) == (0, 1)


def test_a_silent_login(site: Site, person: Person, measure: Any) -> None:
    visitor = site.visitor()
    site.code(person, visitor)
    visitor.open(site.authorize_url(prompt="none"))
    url = site.authorize_url(prompt="none")
    with measure() as spent:
        visitor.open(url)
    assert "code" in answered(visitor.location)
    assert spent.database.transactions == 1
    assert spent.redis <= 1, spent.commands
    assert spent.signatures == 0


def test_a_guess_costs_no_round_trip(site: Site, measure: Any) -> None:
    """Codes and refresh tokens carry a tag: strangers' inventions reach neither database nor Redis."""
    site.refresh("x")
    with measure() as spent:
        assert site.redeem("A" * 59, code_verifier="v" * 43).error == "invalid_grant"
        assert site.refresh("A" * 80).error == "invalid_grant"
        assert site.introspect("a.b.c") == {"active": False}
        assert site.userinfo("a.b.c").status_code == 401
    assert spent.database.statements == []
    assert spent.redis == 0


def test_the_counters_count(production: Provider, measure: Any) -> None:
    """A budget test that could not fail would be none."""
    with measure() as spent, production.context():
        ping()
        EPHEMERAL.get().ping()
        compact_jwt.sign({"alg": "ES256"}, {}, KEY)
    assert (spent.database.transactions, spent.redis, spent.signatures) == (1, 1, 1)
