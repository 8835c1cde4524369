"""`make bench`: measures the provider on SQLite and on PostgreSQL + Redis, prints a table, writes JSON.

The server has a core of its own; generator and databases share the other one, as far as there are two. So the
figures are for one core of a serve process, and comparable only within one run.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from tests.bench import deployment, operations, report
from tests.bench.deployment import Deployment
from tests.bench.plan import Measured, Plan

STORES = ("sqlite", "postgresql+redis")
CONNECTIONS = 8
FEW = {"login page": 2, "single sign-on": 4}


def main() -> int:
    """Run what was asked for."""
    options = _options()
    cores = sorted(os.sched_getaffinity(0))
    server, others = ({cores[0]}, set(cores[1:])) if len(cores) > 1 else (set(), set())
    results: dict[str, Any] = {"machine": report.machine(), "seconds": options.seconds, "stores": {}}
    for stores in options.stores:
        with Deployment(stores, server_cores=server, other_cores=others) as running:
            results["stores"][stores] = _measure_all(running, options, others)
    sys.stdout.write(f"\n{report.write(results)}\n")
    failed = [
        one for found in results["stores"].values() for one in found["operations"].values() if one["failures"]
    ]
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each operation (at most 60)")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--operations", nargs="+", choices=list(operations.ALL), default=list(operations.ALL))
    options = parser.parse_args()
    options.seconds = min(options.seconds, 60.0)
    return options


def _measure_all(running: Deployment, options: argparse.Namespace, cores: set[int]) -> dict[str, Any]:
    memory_at_start = running.memory()
    first = _run([Plan("login page", running.port, 1, 30.0, most=1)], cores)[0]
    sys.stdout.write(f"\n{running.stores}: one core, {CONNECTIONS} connections\n{report.HEADER}\n")
    sys.stdout.write(report.line("first page of a new process", first) + "\n")
    found: dict[str, Measured] = {"first page": first}
    for name in options.operations:
        plan = Plan(name, running.port, FEW.get(name, CONNECTIONS), options.seconds)
        found[name] = _run([plan], cores)[0]
        sys.stdout.write(report.line(name, found[name]) + "\n")
        sys.stdout.flush()
    mix = [
        Plan(name, running.port, CONNECTIONS, options.seconds)
        for name in ("client credentials", "password login")
    ]
    for plan, measured in zip(mix, _run(mix, cores), strict=True):
        name = f"mix: {plan.operation}"
        found[name] = measured
        sys.stdout.write(report.line(name, measured) + "\n")
    memory = running.memory()
    sys.stdout.write(
        "".join(f"process: {one['rss_mib']} MiB RSS, {one['pss_mib']} MiB PSS\n" for one in memory)
    )
    return {
        "name": running.stores,
        "operations": {name: measured.as_json() for name, measured in found.items()},
        "memory_at_start": memory_at_start,
        "memory_after_load": memory,
    }


def _run(plans: list[Plan], cores: set[int]) -> list[Measured]:
    """Run the plans side by side, each in a generator of its own."""
    with deployment.on_cores(cores):
        generators = [
            subprocess.Popen(
                (sys.executable, "-m", "tests.bench.load"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=deployment.ROOT,
            )
            for _ in plans
        ]
    for generator, plan in zip(generators, plans, strict=True):
        assert generator.stdin is not None
        generator.stdin.write(json.dumps(asdict(plan)).encode())
        generator.stdin.close()
    return [_read(generator) for generator in generators]


def _read(generator: subprocess.Popen[bytes]) -> Measured:
    assert generator.stdout is not None
    text = generator.stdout.read()
    if generator.wait() != 0:
        raise RuntimeError("the load generator failed; see above")
    return Measured(**json.loads(text))


if __name__ == "__main__":
    sys.exit(main())
