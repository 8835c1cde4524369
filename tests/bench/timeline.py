"""`python -m tests.bench.timeline`: opening the timeline of an account with 10,000 entries; the budget is 300 ms.

The whole page as a browser gets it, logged in, on each database: the newest, one from the middle by its key, one kind
only, and a kind of which there is nothing, which has to look at all of them.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from idp.audit import log, timeline
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import commit, db
from tests.person import Visitor
from tests.provider import Provider, Template
from tests.services import postgresql, redis_server

BUDGET_MILLISECONDS = 300.0
ENTRIES, BATCH = 10_000, 1000
# Of other people, in the same table.
OTHERS = 4
TIMES = 11
NAMES = (
    EventName.SESSION_STARTED,
    EventName.CODE_ISSUED,
    EventName.CLAIMS_RELEASED,
    EventName.LOGIN_FAILED,
    EventName.CONSOLE_VIEWED,
    EventName.PASSWORD_CHANGED,
    EventName.TOKEN_ISSUED,
)


def main() -> int:
    """Measure and print; 1 when a page is over its budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.timeline", description=__doc__)
    stores = ("sqlite", "postgresql+redis")
    parser.add_argument("--stores", nargs="*", choices=stores, default=list(stores))
    options = parser.parse_args()
    slowest = 0.0
    for name in options.stores:
        with _provider(name) as provider:
            for page, milliseconds in _measured(provider).items():
                slowest = max(slowest, milliseconds)
                sys.stdout.write(f"{name:18} {page:28} {milliseconds:6.1f} ms of {BUDGET_MILLISECONDS:.0f}\n")
    return int(slowest > BUDGET_MILLISECONDS)


@contextmanager
def _provider(stores: str) -> Iterator[Provider]:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        template = Template(directory)
        if stores == "sqlite":
            provider = template.on_sqlite(directory)
            yield provider
            provider.close()
            return
        cluster, redis = postgresql.Cluster(), redis_server.Server()
        try:
            provider = template.on_servers(cluster, redis)
            yield provider
            provider.close()
        finally:
            cluster.stop()
            redis.stop()


def _measured(provider: Provider) -> dict[str, float]:
    person, site = provider.person(), provider.site()
    everybody = [person.id, *(provider.person().id for _ in range(OTHERS))]
    with provider.context():
        for _batch in range(ENTRIES // BATCH):
            for account_id in everybody:
                db.session.execute(
                    insert(AuditEvent), [_row(account_id, site.id, number) for number in range(BATCH)]
                )
            commit()
        middle = timeline.page(person.id, limit=ENTRIES // 2).older
    visitor = Visitor(provider.app, provider.settings.issuer, language="en")
    visitor.go("/login")
    visitor.log_in(person)
    pages = {
        "newest": "/account/timeline",
        "from the middle": f"/account/timeline?before={middle}",
        "one kind": "/account/timeline?kind=look_up",
        "a kind with nothing": "/account/timeline?kind=mandate",
        "overview": "/account",
    }
    return {name: _milliseconds(visitor, address) for name, address in pages.items()}


def _row(account_id: UUID, client_id: str, number: int) -> dict[str, object]:
    name = NAMES[number % len(NAMES)]
    data = {"device": f"Firefox {number}", "methods": ["pwd"], "claims": ["name"], "page": "look_up"}
    return log.row(name, account_id=account_id, client_id=client_id, session_id=None, actor=None, data=data)


def _milliseconds(visitor: Visitor, address: str) -> float:
    took = []
    for _turn in range(TIMES):
        started = time.perf_counter()
        if visitor.open(address).status_code != 200:
            raise SystemExit(f"{address}: {visitor.response.status_code}")
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    raise SystemExit(main())
