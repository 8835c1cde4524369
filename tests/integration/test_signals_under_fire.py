"""2,000 events while the worker is killed twenty times and the receiver is out of sorts: all arrive, none invented."""

import json
import os
import random
import signal as signals
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from idp.accounts.account import Account
from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.shared_signals import jti
from idp.shared_signals.security_event import SecurityEvent
from tests.provider import Provider, Template
from tests.services import postgresql, redis_server
from tests.shared_signals.conftest import receiver, registered
from tests.shared_signals.receiver import OWN, Client, Receiver
from tests.site import decoded
from tests.waiting import eventually

__all__ = ["receiver"]

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, EACH, DEATHS = 100, 20, 20
SECONDS = 80

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(400)]


class Workers:
    """One worker at a time, killed and replaced."""

    def __init__(self, provider: Provider) -> None:
        settings = provider.settings
        given = {
            "issuer": settings.issuer,
            "sandbox": True,
            "database_url": settings.database_url,
            "redis_url": settings.redis_url,
            "master_key_file": settings.master_key_file,
        }
        command = (sys.executable, "-m", "tests.shared_signals.worker_program", json.dumps(given))
        self._program = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._read() == "ready"
        self._pid = 0
        self.start()

    def start(self) -> None:
        assert self._program.stdin
        self._program.stdin.write("start\n")
        self._program.stdin.flush()
        self._pid = int(self._read())

    def kill(self) -> None:
        os.kill(self._pid, signals.SIGKILL)

    def close(self) -> None:
        self.kill()
        assert self._program.stdin
        self._program.stdin.close()
        self._program.wait(10)
        assert self._program.stdout
        self._program.stdout.close()

    def _read(self) -> str:
        assert self._program.stdout
        return self._program.stdout.readline().strip()


@pytest.fixture
def fresh(
    template: Template, postgresql_cluster: postgresql.Cluster, redis_service: redis_server.Server
) -> Iterator[Provider]:
    made = template.on_servers(postgresql_cluster, redis_service)
    yield made
    made.close()


def moody(receiver: Receiver) -> None:
    """Let the receiver refuse one answer in twenty, and hang up in the middle of another one."""
    dice = random.Random(4)

    def decide() -> tuple[int, bytes] | None:
        roll = dice.random()
        if roll < 0.05:
            return None
        return (503, b"") if roll < 0.1 else (202, b"")

    receiver.decide = decide


def signalled(provider: Provider, client_id: str) -> None:
    with provider.context():
        for _ in range(PEOPLE):
            provider.person(phone=False)
        people = db.session.scalars(select(Account.id)).all()
        for number in range(EACH):
            for person_id in people:
                signal.add(
                    Signal.CONSENT_WITHDRAWN,
                    person_id,
                    client_id=client_id,
                    items=["phone_number"],
                    reference=f"{number}",
                )
            commit()


def acknowledged(provider: Provider) -> int:
    with provider.context():
        counted = db.session.scalar(
            select(func.count()).select_from(SecurityEvent).where(SecurityEvent.state == "acknowledged")
        )
        db.session.rollback()
        return counted or 0


def test_every_event_arrives_and_none_is_acknowledged_that_was_not_received(
    fresh: Provider, receiver: Receiver
) -> None:
    site = registered(fresh, receiver.url)
    Client(site).make(f"{OWN}consent-withdrawn", push_to=receiver.url)
    signalled(fresh, site.id)
    moody(receiver)
    began = time.monotonic()
    workers = Workers(fresh)
    try:
        for death in range(DEATHS):
            # Each dies in the midst of its work, at a moment of its own.
            wanted = (death + 1) * PEOPLE * EACH // (DEATHS + 4)
            eventually(lambda wanted=wanted: len(receiver.taken) >= wanted, SECONDS)  # type: ignore[misc]
            workers.kill()
            workers.start()
        eventually(lambda: acknowledged(fresh) == PEOPLE * EACH, SECONDS)
    finally:
        workers.close()
    took = time.monotonic() - began
    heard = Counter(decoded(token)[1]["jti"] for token in receiver.taken)
    with fresh.context():
        events = db.session.scalars(select(SecurityEvent)).all()
        open_messages = select(func.count()).where(OutboxMessage.dead_at.is_not(None))
        assert db.session.scalar(open_messages) == 0
        assert {jti.of(event.id) for event in events} == set(heard), (
            "each was received, and nothing was invented"
        )
    assert len({(event.account_id, event.reference) for event in events}) == PEOPLE * EACH, "each once"
    print(f"\n{len(events)} events, {DEATHS} deaths, {heard.total()} pushes, {took:.0f} s")  # noqa: T201 - the figure
    assert heard.total() < PEOPLE * EACH * 1.5
