"""`python -m tests.bench.mandates`: what one decision about acting for another costs; the budget is 50 µs, no query."""

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from idp.mandates import decision, rules_file
from idp.mandates.decision import ACTIVE, Facts, Link, Permit

BUDGET_MICROSECONDS = 50.0
TURNS, EACH = 9, 1000
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
PERSON, ENTERPRISE, FIRM = (UUID(int=number) for number in range(1, 4))


def main() -> int:
    """Measure and print; 1 when a decision is over its budget."""
    about = Facts(
        person_id=PERSON,
        chain=(
            _link(11, ENTERPRISE, FIRM, "agency", {"a", "c"}),
            _link(12, FIRM, PERSON, "handler", {"a"}),
        ),
        rules=rules_file.get(),
        items=frozenset({"a", "c"}),
        roles=frozenset({"agency"}),
    )
    if not isinstance(decision.decide(about, NOW), Permit):
        raise SystemExit("the decision that is measured must be a permit")
    median = statistics.median(_microseconds(about) for _ in range(TURNS))
    sys.stdout.write(f"one decision, a chain of two: {median:.1f} µs of {BUDGET_MICROSECONDS}\n")
    return int(median > BUDGET_MICROSECONDS)


def _link(number: int, principal: UUID, holder: UUID, role: str, items: set[str]) -> Link:
    return Link(
        id=UUID(int=number),
        principal_id=principal,
        holder_id=holder,
        role=role,
        items=frozenset(items),
        level=3,
        status=ACTIVE,
        starts_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=30),
    )


def _microseconds(about: Facts) -> float:
    started = time.perf_counter()
    for _ in range(EACH):
        decision.decide(about, NOW)
    return (time.perf_counter() - started) * 1_000_000 / EACH


if __name__ == "__main__":
    raise SystemExit(main())
