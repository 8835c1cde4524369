"""`python -m tests.bench.consent`: what one consent decision costs when the record was used lately; 50 µs, no query.

From the account's id to the items that may be released: the record from memory, the reasons to ask again, what the
site needs and registered.
"""

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from idp import clock
from idp.accounts import account as accounts
from idp.consent import decision, held, lifetime, record
from idp.consent.decision import Asked, Decision
from idp.db import commit
from tests.provider import Provider, Template, counted

BUDGET_MICROSECONDS = 50.0
TURNS, EACH = 9, 1000
ROUND_SECONDS = 2


def main() -> int:
    """Measure and print; 1 when a decision is over its budget or asks the database."""
    with tempfile.TemporaryDirectory() as directory:
        provider = Template(Path(directory)).on_sqlite(Path(directory))
        try:
            return _measure(provider)
        finally:
            provider.close()


def _measure(provider: Provider) -> int:
    site, person = provider.site(), provider.person()
    wanted = Asked(
        required=frozenset({"name", "locale", "birthdate"}),
        optional=frozenset({"phone_number", "offline_access"}),
        purpose=decision.purpose_digest("purpose"),
        legal_basis="consent",
        by_law=frozenset({"locale"}),
        sensitive=frozenset({"birthdate"}),
    )
    with provider.context():
        record.save(accounts.get(person.id), site.rp, wanted, wanted.items)
        commit()
        key = (person.id, site.id)
        if _decide(key, wanted).reason is not None:
            raise SystemExit("the decision that is measured must need no question")
        # The word of the change itself comes round once more.
        time.sleep(ROUND_SECONDS)
        _decide(key, wanted)
        with counted(provider.app) as counts:
            median = statistics.median(_microseconds(key, wanted) for _ in range(TURNS))
    sys.stdout.write(
        f"one consent decision, remembered: {median:.1f} µs of {BUDGET_MICROSECONDS}, "
        f"{len(counts.statements)} queries\n"
    )
    return int(median > BUDGET_MICROSECONDS or bool(counts.statements))


def _decide(key: held.Key, wanted: Asked) -> Decision:
    given = held.find(*key)
    return decision.decide(
        wanted, given, clock.now(), reverified_at=clock.now() - timedelta(days=9), rest=lifetime.rest()
    )


def _microseconds(key: held.Key, wanted: Asked) -> float:
    started = time.perf_counter()
    for _ in range(EACH):
        _decide(key, wanted)
    return (time.perf_counter() - started) * 1_000_000 / EACH


if __name__ == "__main__":
    raise SystemExit(main())
