"""Database or Redis away in the middle: 503 with Retry-After for machines and people, nothing half done, and
recovery by itself. Real servers, really stopped.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from idp.audit.log import AuditEvent
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Unavailable
from idp.outbox.message import OutboxMessage
from idp.sessions import backchannel_logout
from idp.sessions import session as sessions
from idp.tokens.grant import Grant
from tests.person import Person, Visitor
from tests.provider import ISSUER, Provider, Template
from tests.services import postgresql, redis_server
from tests.site import Site, answered, decoded

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgresql.Cluster]:
    """A PostgreSQL server of our own, to be stopped."""
    made = postgresql.Cluster()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def redis() -> Iterator[redis_server.Server]:
    """A Redis server of our own, to be stopped."""
    made = redis_server.Server()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A template for these servers."""
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def provider(own: Template, cluster: postgresql.Cluster, redis: redis_server.Server) -> Iterator[Provider]:
    """A provider on these servers."""
    made = own.on_servers(cluster, redis)
    yield made
    made.close()


@pytest.fixture
def site(provider: Provider) -> Site:
    return provider.site(backchannel_logout_uri="https://back.example.cn/logout")


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


def check_unavailable_page(visitor: Visitor) -> None:
    response = visitor.response
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert visitor.page.error == "temporarily_unavailable"
    assert visitor.page.trace
    text = response.get_data(as_text=True)
    assert "服务暂时无法使用" in text
    assert "Not available just now" in text


def check_unavailable_json(status: int, body: dict[str, Any], headers: Any) -> None:
    assert status == 503, body
    assert body["error"] == "temporarily_unavailable"
    assert int(headers["Retry-After"]) > 0
    assert headers["Cache-Control"] == "no-store"


def ready(provider: Provider) -> dict[str, Any]:
    response = provider.app.test_client().get("/readyz")
    body: dict[str, Any] = json.loads(response.data)
    return body | {"code": response.status_code}


def test_the_database_goes_and_comes_back(
    provider: Provider, site: Site, person: Person, cluster: postgresql.Cluster
) -> None:
    visitor = site.visitor()
    code = site.code(person, visitor)
    verifier = site.verifier
    tokens = site.tokens(person)
    waiting = site.visitor()
    waiting.go(site.authorize_url())
    login_page = waiting.path
    with provider.context():
        # The test's server writes behind (synchronous_commit=off), which production's must not.
        db.session.execute(text("CHECKPOINT"))
        db.session.commit()
    cluster.interrupt()
    try:
        refreshed = site.refresh(tokens["refresh_token"])
        check_unavailable_json(refreshed.status, refreshed.body, refreshed.headers)
        info = site.userinfo(tokens["access_token"])
        check_unavailable_json(info.status_code, dict(info.json or {}), info.headers)
        redeemed = site.redeem(code, code_verifier=verifier)
        check_unavailable_json(redeemed.status, redeemed.body, redeemed.headers)
        # A browser that is signed in asks the database who that is; one that is not, later.
        visitor.open(site.authorize_url(prompt="none"))
        check_unavailable_page(visitor)
        visitor.open("/nowhere")
        assert visitor.response.status_code in {404, 503}
        waiting.send("login-submit", values={"identifier": person.username, "password": "x"})
        check_unavailable_page(waiting)
        # What needs no database goes on.
        assert site.introspect(tokens["access_token"])["active"] is True
        assert provider.app.test_client().get("/jwks", base_url=ISSUER).status_code == 200
        assert provider.app.test_client().get("/healthz").status_code == 200
        assert ready(provider)["code"] == 503
        assert "database" in ready(provider)["missing"]
    finally:
        cluster.restart()
    assert site.refresh(tokens["refresh_token"]).status == 200
    assert site.userinfo(tokens["access_token"]).status_code == 200
    waiting.open(login_page)
    waiting.log_in(person)
    assert "code" in answered(waiting.location)
    visitor.open(site.authorize_url(prompt="none"))
    assert "code" in answered(visitor.location)
    assert "database" not in ready(provider)["missing"]


def test_redis_goes_comes_back_empty_and_only_logins_begin_again(
    provider: Provider, site: Site, person: Person, redis: redis_server.Server
) -> None:
    """Design: Redis may be lost at any moment: people log in again, nothing else is lost."""
    visitor = site.visitor()
    code = site.code(person, visitor)
    verifier = site.verifier
    tokens = site.tokens(person)
    redis.interrupt()
    try:
        redeemed = site.redeem(code, code_verifier=verifier)
        check_unavailable_json(redeemed.status, redeemed.body, redeemed.headers)
        described = site.introspect(tokens["access_token"])
        assert described["error"] == "temporarily_unavailable"
        info = site.userinfo(tokens["access_token"])
        check_unavailable_json(info.status_code, dict(info.json or {}), info.headers)
        visitor.open(site.authorize_url(prompt="login"))
        check_unavailable_page(visitor)
        visitor.open(site.authorize_url(prompt="none"))
        check_unavailable_page(visitor)
        assert "ephemeral_store" in ready(provider)["missing"]
        machine_needs_none = site.refresh(tokens["refresh_token"])
        assert machine_needs_none.status == 200
    finally:
        redis.restart()
    assert site.redeem(code, code_verifier=verifier).error == "invalid_grant"
    assert site.refresh(machine_needs_none["refresh_token"]).status == 200
    assert site.userinfo(tokens["access_token"]).status_code == 200
    visitor.open(site.authorize_url(prompt="none"))
    assert "code" in answered(visitor.location), "sessions live in the database"
    assert "ephemeral_store" not in ready(provider)["missing"]


@pytest.fixture
def failing_commits(provider: Provider) -> Iterator[list[bool]]:
    """A switch: while it holds True, the database refuses every commit, as when the machine dies at that moment."""
    switch = [False]

    def refuse(_connection: Any) -> None:
        if switch[0]:
            raise OperationalError("COMMIT", {}, Exception("connection lost"))

    with provider.context():
        engine = db.engine
    event.listen(engine, "commit", refuse)
    yield switch
    event.remove(engine, "commit", refuse)


def test_a_login_whose_commit_fails_leaves_nothing(
    provider: Provider, site: Site, person: Person, failing_commits: list[bool]
) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    failing_commits[0] = True
    visitor.log_in(person)
    check_unavailable_page(visitor)
    assert visitor.client.get_cookie("tongxing_session", domain="localhost") is None
    failing_commits[0] = False
    with provider.context():
        assert sessions.live_sessions(person.id) == []
        assert (
            db.session.query(AuditEvent).filter_by(account_id=person.id, name="session.started").count() == 0
        )


def test_a_code_whose_commit_fails_gives_no_tokens(
    provider: Provider, site: Site, person: Person, failing_commits: list[bool]
) -> None:
    code = site.code(person)
    failing_commits[0] = True
    refused = site.redeem(code)
    check_unavailable_json(refused.status, refused.body, refused.headers)
    failing_commits[0] = False
    with provider.context():
        assert db.session.query(Grant).filter_by(account_id=person.id).count() == 0
        assert db.session.query(AuditEvent).filter_by(account_id=person.id, name="token.issued").count() == 0


def test_a_refresh_whose_commit_fails_leaves_the_old_token_good(
    provider: Provider, site: Site, person: Person, failing_commits: list[bool]
) -> None:
    token = site.tokens(person)["refresh_token"]
    failing_commits[0] = True
    assert site.refresh(token).status == 503
    failing_commits[0] = False
    again = site.refresh(token)
    assert again.status == 200
    with provider.context():
        gid = UUID(decoded(again["access_token"])[1]["gid"])
        assert db.session.get_one(Grant, gid).revoked_at is None


def test_an_answer_whose_commit_fails_can_be_had_again(
    provider: Provider, site: Site, person: Person, failing_commits: list[bool]
) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(person)
    visitor.send("consent-allow", follow=False)
    way_on = visitor.location
    failing_commits[0] = True
    visitor.open(way_on)
    check_unavailable_page(visitor)
    failing_commits[0] = False
    visitor.go(way_on)
    assert "code" in answered(visitor.location)


def test_a_logout_whose_commit_fails_tells_nobody_and_ends_nothing(
    provider: Provider, site: Site, person: Person, failing_commits: list[bool]
) -> None:
    visitor = site.visitor()
    tokens = site.redeem(site.code(person, visitor))
    visitor.go("/logout")
    failing_commits[0] = True
    visitor.send("logout-confirm")
    check_unavailable_page(visitor)
    failing_commits[0] = False
    assert site.userinfo(tokens["access_token"]).status_code == 200
    assert site.introspect(tokens["access_token"])["active"] is True
    with provider.context():
        assert db.session.query(OutboxMessage).filter_by(account_id=person.id).count() == 0
        assert len(sessions.live_sessions(person.id)) == 1


def test_a_store_that_goes_after_the_commit_loses_no_logout(
    provider: Provider, site: Site, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is the truth; the list of revoked tokens only makes it quicker."""
    visitor = site.visitor()
    tokens = site.redeem(site.code(person, visitor))
    visitor.go("/logout")

    def away(*_args: object) -> None:
        raise Unavailable("ephemeral_unavailable", retry_after=2)

    store = EPHEMERAL.of(provider.app)
    with monkeypatch.context() as patch:
        patch.setattr(store, "put", away)
        visitor.send("logout-confirm")
        check_unavailable_page(visitor)
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    with provider.context():
        assert sessions.live_sessions(person.id) == []
        assert (
            db.session.query(OutboxMessage)
            .filter_by(account_id=person.id, kind=backchannel_logout.KIND)
            .count()
            == 1
        )
