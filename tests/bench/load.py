"""The load generator: a process of its own that reads a plan on standard input and prints what it measured."""

import asyncio
import json
import math
import sys
import time
from dataclasses import asdict

from tests.bench import connection, operations
from tests.bench.connection import Connection, Refused
from tests.bench.operations import Operation
from tests.bench.plan import Measured, Plan


class _Tally:
    def __init__(self, plan: Plan) -> None:
        self.left = plan.most
        self.latencies: list[float] = []
        self.failures: list[str] = []


async def measure(plan: Plan) -> Measured:
    """Prepare every connection, then let all run together until time or count is reached."""
    host = f"127.0.0.1:{plan.port}"
    workers = [operations.ALL[plan.operation]() for _ in range(plan.connections)]
    opened = [await connection.connect(plan.port) for _ in workers]
    await asyncio.gather(
        *(
            worker.prepare(one, host, number * 7)
            for number, (worker, one) in enumerate(zip(workers, opened, strict=True))
        )
    )
    tally = _Tally(plan)
    cpu, begin = time.process_time(), time.perf_counter()
    deadline = begin + plan.seconds
    await asyncio.gather(*(_repeat(worker, tally, deadline) for worker in workers))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    _close(opened)
    ordered = sorted(tally.latencies)
    return Measured(
        count=len(ordered),
        failures=len(tally.failures),
        seconds=seconds,
        p50=_percentile(ordered, 0.50),
        p99=_percentile(ordered, 0.99),
        generator_cpu=cpu / seconds,
        first_failure=tally.failures[0] if tally.failures else "",
    )


async def _repeat(worker: Operation, tally: _Tally, deadline: float) -> None:
    while tally.left > 0 and not worker.done and time.perf_counter() < deadline:
        tally.left -= 1
        begin = time.perf_counter()
        try:
            await worker.run()
        except (Refused, ConnectionError, TimeoutError) as error:
            tally.failures.append(f"{type(error).__name__}: {error}")
            if isinstance(error, ConnectionError | TimeoutError):
                return
            continue
        tally.latencies.append((time.perf_counter() - begin) * 1000)


def _close(opened: list[Connection]) -> None:
    for one in opened:
        one.close()


def _percentile(ordered: list[float], share: float) -> float:
    return round(ordered[max(0, math.ceil(len(ordered) * share) - 1)], 2) if ordered else 0.0


if __name__ == "__main__":
    measured = asyncio.run(measure(Plan(**json.load(sys.stdin))))
    sys.stdout.write(json.dumps(asdict(measured)))
