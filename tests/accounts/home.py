"""The rooms below the doors, wired without any door: real database, real ephemeral store, real keys."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from flask import Flask

from idp.authenticators import hasher
from idp.db import commit, db
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.redis import RedisStore
from idp.ephemeral.store import EPHEMERAL
from idp.keys import master_key, secret
from idp.local_limit import LOCAL_LIMIT, LocalLimit
from idp.settings import SETTINGS, Passwords, Settings, Sms

T = TypeVar("T")

QUICK = Passwords(memory_kib=8192, iterations=1, waiting=32)
AT_ONCE = 20


def build(
    directory: Path,
    database_url: str,
    redis_url: str = "",
    *,
    sms_url: str = "",
    passwords: Passwords = QUICK,
) -> Flask:
    settings = Settings(
        sandbox=True,
        database_url=database_url,
        redis_url=redis_url,
        passwords=passwords,
        sms=Sms(url=sms_url) if sms_url else Sms(),
    )
    app = Flask("rooms")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    SETTINGS.set(app, settings)
    EPHEMERAL.set(app, RedisStore(redis_url) if redis_url else DatabaseStore(settings.database_url))
    key_file = directory / "master.key"
    master_key.create(key_file)
    master_key.MASTER.set(app, master_key.load(key_file))
    secret.SECRETS.set(app, secret.Secrets())
    LOCAL_LIMIT.set(app, LocalLimit())
    hasher.HASHER.set(app, hasher.from_settings(settings))
    with app.app_context():
        db.create_all()
        secret.create_missing()
        commit()
    return app


def dispose(app: Flask) -> None:
    EPHEMERAL.of(app).close()
    with app.app_context():
        db.engine.dispose()


def at_once(app: Flask, act: Callable[[int], T], count: int = AT_ONCE) -> list[T | Exception]:
    """Run *act* in threads that start together, each in its own transaction; give results or errors."""
    start = threading.Barrier(count)
    results: list[T | Exception] = [RuntimeError("never ran")] * count

    def run(number: int) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                results[number] = act(number)
                commit()
            except Exception as error:  # noqa: BLE001 - the test looks at whatever happened
                db.session.rollback()
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
