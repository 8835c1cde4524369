from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from idp.audit.log import AuditEvent
from idp.db import Base, db
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.store import EPHEMERAL, EphemeralStore
from idp.keys import master_key, secret
from idp.keys.master_key import MASTER
from idp.keys.secret import SECRETS, Secrets
from idp.relying_parties import cache
from idp.relying_parties.cache import CACHE, RelyingPartyCache
from idp.settings import SETTINGS, Settings
from tests.federation.conftest import elsewhere, trusting

# Entities elsewhere are the federation's fixtures.
__all__ = ["elsewhere", "trusting"]

NewApp = Callable[[], Flask]


def build_app(url: str, store: EphemeralStore, key_file: Path) -> Flask:
    """Build one process's worth of what this room stands on, and nothing above it."""
    app = Flask("relying_parties")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    SETTINGS.set(app, Settings(database_url=url, sandbox=True))
    EPHEMERAL.set(app, store)
    MASTER.set(app, master_key.load(key_file))
    SECRETS.set(app, Secrets())
    CACHE.set(app, RelyingPartyCache())
    store.subscribe(cache.CHANNEL, CACHE.of(app).forget)
    return app


@pytest.fixture
def new_app(tmp_path: Path) -> Iterator[NewApp]:
    """A function that builds one more process on the same database and the same kind of ephemeral store."""
    url = f"sqlite:///{tmp_path}/main.sqlite3"
    key_file = tmp_path / "master.key"
    master_key.create(key_file)
    stores: list[DatabaseStore] = []
    apps: list[Flask] = []

    def build() -> Flask:
        stores.append(DatabaseStore(url))
        app = build_app(url, stores[-1], key_file)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            secret.create_missing()
            db.session.commit()
        apps.append(app)
        return app

    yield build
    for store in stores:
        store.close()
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(new_app: NewApp) -> Iterator[Flask]:
    """One process, its context pushed."""
    made = new_app()
    with made.app_context():
        yield made


def audited() -> list[tuple[str, str | None]]:
    """Return name and client_id of every audit event, oldest first."""
    rows = db.session.query(AuditEvent).order_by(AuditEvent.id)
    return [(row.name, row.client_id) for row in rows]
