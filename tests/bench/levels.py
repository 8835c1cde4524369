"""`python -m tests.bench.levels`: what one level decision costs, and `idp levels simulate` on a generated population.

The budget of a decision is 50 µs, without a query. The simulation runs as the command that operators type.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from idp import clock
from idp.assurance import authenticator_level, evidence, proofing_level, requested_level
from idp.assurance.requested_level import Asked, Standing
from idp.level_policy import packaged
from tests.bench import population, report
from tests.provider import Provider, Template
from tests.services import postgresql, redis_server

ROOT = Path(__file__).resolve().parents[2]
BUDGET_MICROSECONDS = 50.0
ROUNDS, TIMES = 20, 2000
# Like running `idp`, and saying at the end how much memory it took at most.
MEASURED = (
    "import resource, sys; from idp.cli import main\n"
    "try: main()\n"
    "finally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, 'MiB', file=sys.stderr)"
)
# What the change would be: the operator alone is worth less, faces age sooner, a scope asks more.
CHANGES = (
    ('level = 2\nevidence = ["operator3"]', 'level = 1\nevidence = ["operator3"]'),
    ("effort = 4\ndays = 1826", "effort = 4\ndays = 731"),
    ("real_name = 2", "real_name = 3"),
)
SITES: tuple[dict[str, Any], ...] = (
    {"default_acr_values": ["urn:tongxing:loa:2"]},
    {"default_acr_values": ["urn:tongxing:loa:3", "urn:tongxing:loa:2"], "acting_as": ["self", "enterprise"]},
    {"minimum_acr": "urn:tongxing:loa:3"},
    {"scope": "openid real_name"},
    {},
)


def main() -> int:
    """Measure and print; 1 when a decision is over its budget."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.levels", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--stores", nargs="*", choices=("sqlite", "postgresql+redis"), default=["sqlite"])
    options = parser.parse_args()
    microseconds = decision_microseconds()
    sys.stdout.write(f"{json.dumps(report.machine())}\n")
    sys.stdout.write(
        f"one decision (P, A, level, what the site gets): {microseconds:.1f} µs of {BUDGET_MICROSECONDS}\n"
    )
    with tempfile.TemporaryDirectory(prefix="tongxing-bench-") as name:
        template = Template(Path(name))
        for stores in options.stores:
            with _provider(template, stores, Path(name)) as provider:
                _simulate(provider, stores, options.accounts, Path(name))
    return int(microseconds > BUDGET_MICROSECONDS)


def decision_microseconds() -> float:
    """Return the median cost of one whole decision about a well-proven account."""
    policy, now = packaged.policy(), clock.now()
    standing = evidence.to_standing(
        evidence.Evidence(code, now) for code in ("phone", "register", "operator3", "bank4")
    )
    asked = Asked(("urn:tongxing:loa:4", "urn:tongxing:loa:3"), floor=2)
    costs = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(TIMES):
            proofing = proofing_level.of(policy, "citizen", evidence.from_standing(standing), now)
            held = authenticator_level.of(policy, ("pwd", "otp"))
            known = Standing(proofing, held, held, 4, just_authenticated=False, assisted=False)
            requested_level.decide(policy, asked, known)
        costs.append((time.perf_counter() - started) / TIMES * 1e6)
    return statistics.median(costs)


@contextmanager
def _provider(template: Template, stores: str, directory: Path) -> Iterator[Provider]:
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
        redis.stop()
        cluster.stop()


def _simulate(provider: Provider, stores: str, accounts: int, directory: Path) -> None:
    started = time.monotonic()
    for metadata in SITES:
        provider.site(**metadata)
    with provider.context():
        population.plant(accounts)
    sys.stdout.write(f"\n{stores}: {accounts:,} accounts made in {time.monotonic() - started:.1f} s\n")
    text = packaged.text()
    for before, after in CHANGES:
        if before not in text:
            raise ValueError(f"the packaged file has no {before!r}")
        text = text.replace(before, after)
    file = directory / "changed.toml"
    file.write_text(text, encoding="utf-8")
    for arguments in (("--most", str(accounts // 10)), ()):
        command = (sys.executable, "-c", MEASURED, "levels", "simulate", str(file), *arguments)
        sys.stdout.write(f"\n$ idp levels simulate changed.toml {' '.join(arguments)}\n")
        sys.stdout.flush()
        subprocess.run(command, cwd=ROOT, env=_environment(provider), check=True, stderr=subprocess.STDOUT)


def _environment(provider: Provider) -> dict[str, str]:
    settings = provider.settings
    own = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return own | {
        "IDP_SANDBOX": "true",
        "IDP_ISSUER": settings.issuer,
        "IDP_DATABASE_URL": settings.database_url,
        "IDP_REDIS_URL": settings.redis_url,
        "IDP_MASTER_KEY_FILE": settings.master_key_file,
        "PYTHONPATH": str(ROOT),
    }


if __name__ == "__main__":
    sys.exit(main())
