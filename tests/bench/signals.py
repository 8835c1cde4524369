"""``python -m tests.bench.signals``: how fast signals are written, on a PostgreSQL of its own that waits for its disk.

A signal costs its cause one row; each transaction here is one signal, as when a session ends, from a few threads at
once (a serving process has twelve). Then how fast a worker makes events of them, for one site with a stream.
"""

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from idp import background, logs
from idp.accounts import account as accounts
from idp.app import create_app
from idp.audit.batch import BATCH
from idp.db import Base, commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.keys import master_key, secret, signing_key
from idp.level_policy import version
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.outbox.worker import Worker
from idp.relying_parties import registration
from idp.settings import Settings
from idp.shared_signals import stream as streams
from idp.shared_signals.configuration import Wanted
from idp.shared_signals.event_types import SUPPORTED
from idp.shared_signals.security_event import SecurityEvent
from tests.bench.deployment import DURABLE
from tests.services import postgresql

SIGNALS, THREADS = 5000, 8
SITE = "bench-site"
WANTED = 1000  # a second


def main() -> int:
    """Write, fan out, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.signals", description=__doc__)
    parser.add_argument("--signals", type=int, default=SIGNALS)
    count = min(parser.parse_args().signals, 50_000)
    logs.configure("error")
    cluster = postgresql.Cluster(DURABLE)
    try:
        with tempfile.TemporaryDirectory(prefix="tongxing-bench-") as directory:
            return _run(_app(cluster.url(cluster.create()), Path(directory)), count)
    finally:
        cluster.stop()


def _app(url: str, directory: Path) -> Flask:
    master_key.create(directory / "master.key")
    app = create_app(
        Settings.model_validate(
            {"sandbox": True, "database_url": url, "master_key_file": str(directory / "master.key")}
        )
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        secret.create_missing()
        signing_key.create_missing()
        version.apply_packaged()
        site = {
            "client_id": SITE,
            "redirect_uris": ["https://site.example.cn/callback"],
            "grant_types": ["authorization_code", "client_credentials"],
            "scope": "openid ssf.manage",
            "client_secret": "nOtAsEcRet-0123456789-0123456789-abcdef",
        }
        registration.create(site)
        streams.create(SITE, Wanted(events_requested=SUPPORTED))
        commit()
    return app


def _run(app: Flask, count: int) -> int:
    with app.app_context():
        person = accounts.create(accounts.Person(username="bench", name="张伟"))
        commit()
        person_id = person.id
    took = _timed(app, person_id, count)
    sys.stdout.write("| what | a second |\n|---|---|\n")
    sys.stdout.write(f"| signals written, one a transaction, {THREADS} threads | {count / took:,.0f} |\n")
    worker = Worker(app.app_context, background.HANDLERS, together=background.TOGETHER)
    began = time.monotonic()
    worker.start()
    while _counted(app, SecurityEvent) < count:
        time.sleep(0.2)
    spread = time.monotonic() - began
    worker.stop()
    sys.stdout.write(f"| events made of them by one worker | {count / spread:,.0f} |\n")
    with app.app_context():
        lost = count - len(set(db.session.scalars(select(SecurityEvent.reference))))
    sys.stdout.write(f"\nlost: {lost}\n")
    BATCH.of(app).close()
    EPHEMERAL.of(app).close()
    with app.app_context():
        db.engine.dispose()
    return 0 if not lost and count / took >= WANTED else 1


def _timed(app: Flask, person_id: UUID, count: int) -> float:
    def write(first: int) -> None:
        with app.app_context():
            for number in range(first, count, THREADS):
                signal.add(
                    Signal.CONSENT_WITHDRAWN,
                    person_id,
                    client_id=SITE,
                    items=["phone_number"],
                    reference=str(number),
                )
                commit()

    threads = [threading.Thread(target=write, args=(first,)) for first in range(THREADS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert _counted(app, OutboxMessage) >= count, "a benchmark that lost something measures nothing"
    return took


def _counted(app: Flask, model: type[OutboxMessage] | type[SecurityEvent]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


if __name__ == "__main__":
    sys.exit(main())
