"""A whole provider for tests: `idp.app.create_app` on real stores, its people and its relying parties.

Tables and keys are made once for a run and copied (RSA keys take seconds to make). Tests share one provider for
each kind of database and keep apart by having people and relying parties of their own; whoever stops a server,
turns keys or needs other settings takes `new_provider`.
"""

import itertools
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from idp.accounts import account as accounts
from idp.app import create_app
from idp.audit.batch import BATCH
from idp.authenticators import otp, pwd
from idp.db import Base, commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.federation.fetching import FETCHER
from idp.federation.refreshing import REFRESHING
from idp.keys import master_key, secret, signing_key
from idp.keys.secret import Secret
from idp.keys.signing_key import SigningKey
from idp.level_policy import version as level_policy
from idp.level_policy.version import LevelPolicyVersion
from idp.proofing import evidence as evidences
from idp.relying_parties import registration
from idp.setting_sections import Limits, Passwords
from idp.settings import Settings
from tests.person import PASSWORD, TOTP_SECRET, Person, Visitor
from tests.services import postgresql, redis_server
from tests.site import Site
from tests.waiting import eventually

ISSUER = "http://localhost:8000"
MANY = 1_000_000
SETTLED = "tests-settled"
QUICK = Passwords(memory_kib=8192, iterations=1, waiting=32)
GENEROUS = Limits(
    login_attempts_per_address=MANY,
    client_auth_failures=MANY,
    machine_requests_per_rp=MANY,
    new_journeys_per_address=MANY,
)

_numbers = itertools.count(1)


class Provider:
    """One process of the provider. ``close`` it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self._hashed: str | None = None
        self._heard: set[str] = set()
        self._listens = False

    @contextmanager
    def context(self) -> Iterator[Flask]:
        """An application context, for looking into the stores."""
        with self.app.app_context():
            yield self.app

    def person(
        self, *, totp: bool = False, phone: str | bool = True, evidence: Sequence[str] = (), **facts: Any
    ) -> Person:
        """Make a citizen nobody else uses, with *evidence* of who they are."""
        number = next(_numbers)
        values = {"username": f"person{number}", "name": f"张伟{number}", "locale": "zh_Hans"} | facts
        if phone:
            values["phone"] = phone if isinstance(phone, str) else f"+86138{number:08}"
        with self.context():
            account = accounts.create(accounts.Person(**values))
            # One hash for everybody: the password is the same, and hashing is slow on purpose.
            self._hashed = self._hashed or pwd.hash_new(PASSWORD)
            pwd.store(account.id, self._hashed)
            if totp:
                otp.enrol(account.id, TOTP_SECRET)
            for code in evidence:
                evidences.add(account, code, source="test")
            commit()
            return Person(account.id, values["username"], values["name"], values.get("phone"))

    def site(self, **metadata: Any) -> Site:
        """Register a relying party nobody else uses; by default a confidential one that asks for consent."""
        document = Site.metadata(next(_numbers)) | metadata
        given = {name: value for name, value in document.items() if value is not None}
        with self.context():
            registered = registration.create(given)
            commit()
            return Site(self.app, self.settings.issuer, registered.relying_party, given.get("client_secret"))

    def settle(self) -> None:
        """Wait until this process has heard of every change so far: hearing of one empties caches."""
        store = EPHEMERAL.of(self.app)
        if not self._listens:
            self._listens = True
            store.subscribe(SETTLED, self._heard.add)
        word = secrets.token_hex(8)

        def is_heard() -> bool:
            # Again and again, for the first may be said before anybody listens. Words are heard in their order.
            store.publish(SETTLED, word)
            return word in self._heard

        eventually(is_heard, 20)

    def close(self) -> None:
        """Stop threads and close connections."""
        REFRESHING.of(self.app).close()
        FETCHER.of(self.app).close()
        BATCH.of(self.app).close()
        EPHEMERAL.of(self.app).close()
        with self.context():
            db.engine.dispose()


class Counts:
    """What this thread did in a block: statements and transactions of the database."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.transactions = 0


@contextmanager
def counted(app: Flask) -> Iterator[Counts]:
    """Count what the database is asked by this thread; what the audit writer does meanwhile is not ours."""
    counts = Counts()
    here = threading.get_ident()

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.get_ident() == here and not statement.startswith("BEGIN"):
            counts.statements.append(statement)

    def on_begin(_connection: Any) -> None:
        counts.transactions += threading.get_ident() == here

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "begin", on_begin)
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "begin", on_begin)


class Template:
    """Master key and tables with keys, made once; copies begin from here."""

    def __init__(self, directory: Path) -> None:
        self.key_file = directory / "master.key"
        self._file = directory / "template.sqlite3"
        self._postgresql: str | None = None
        master_key.create(self.key_file)
        provider = Provider(self.settings(f"sqlite:///{self._file}"))
        with provider.context():
            db.create_all()
            secret.create_missing()
            signing_key.create_missing()
            level_policy.apply_packaged()
            commit()
            self._rows = [
                (model, {column.name: getattr(row, column.name) for column in model.__table__.columns})
                for model in (Secret, SigningKey, LevelPolicyVersion)
                for row in db.session.execute(select(model)).scalars()
            ]
        provider.close()

    def settings(self, database_url: str, redis_url: str = "", **changes: Any) -> Settings:
        """Settings on these stores, with this template's master key and limits that no test reaches."""
        values: dict[str, Any] = {
            "issuer": ISSUER,
            "sandbox": True,
            "passwords": QUICK,
            "limits": GENEROUS,
        } | changes
        return Settings(
            database_url=database_url, redis_url=redis_url, master_key_file=str(self.key_file), **values
        )

    def on_sqlite(self, directory: Path, **changes: Any) -> Provider:
        """A provider with the files of its databases in *directory*."""
        file = directory / f"provider{next(_numbers)}.sqlite3"
        shutil.copy(self._file, file)
        return Provider(self.settings(f"sqlite:///{file}", **changes))

    def on_servers(self, cluster: postgresql.Cluster, redis: redis_server.Server, **changes: Any) -> Provider:
        """A provider with a database of its own on real servers."""
        if self._postgresql is None:
            name = cluster.create()
            provider = Provider(self.settings(cluster.url(name), redis.url))
            with provider.context():
                Base.metadata.create_all(db.engine)
                db.session.add_all(model(**values) for model, values in self._rows)
                commit()
            provider.close()
            self._postgresql = name
        return Provider(self.settings(cluster.url(cluster.create(self._postgresql)), redis.url, **changes))


NewProvider = Callable[..., Provider]
SignIn = Callable[[Person], Visitor]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """What every provider of the run begins from."""
    return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def provider(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The shared provider out of the box: SQLite and its own ephemeral store."""
    made = template.on_sqlite(tmp_path_factory.mktemp("provider"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def production(
    template: Template, postgresql_cluster: postgresql.Cluster, redis_service: redis_server.Server
) -> Iterator[Provider]:
    """The shared provider on PostgreSQL and Redis."""
    made = template.on_servers(postgresql_cluster, redis_service)
    yield made
    made.close()


@pytest.fixture(params=["provider", pytest.param("production", marks=pytest.mark.integration)])
def either(request: pytest.FixtureRequest) -> Provider:
    """The shared providers, one after the other: what holds must hold on both."""
    found: Provider = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def new_provider(template: Template, tmp_path: Path) -> Iterator[NewProvider]:
    """A function that makes a provider of one's own on SQLite; takes settings."""
    made: list[Provider] = []

    def make(**changes: Any) -> Provider:
        made.append(template.on_sqlite(tmp_path, **changes))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def sign_in(either: Provider) -> SignIn:
    """A function that opens a browser in which a person has just logged in."""

    def enter(person: Person) -> Visitor:
        visitor = Visitor(either.app, either.settings.issuer, language="en")
        visitor.go("/login")
        visitor.log_in(person)
        assert visitor.is_at("/account")
        return visitor

    return enter
