"""Counters and times for Prometheus: how much, how fast, how full. Never who: no label names a person or a site.

With several serve processes each writes its numbers into files of one directory (PROMETHEUS_MULTIPROC_DIR,
set by `idp serve` before this module is imported), and whichever process is asked adds them up.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

REQUESTS = Counter("tongxing_requests", "Requests answered.", ["endpoint", "status"])
SECONDS = Histogram("tongxing_request_seconds", "Time to answer a request.", ["endpoint"], buckets=BUCKETS)
LOGINS = Counter("tongxing_logins", "Login attempts: succeeded, refused.", ["outcome"])
TOKENS = Counter("tongxing_tokens_issued", "Successful token requests.", ["grant_type"])
OUTBOX = Gauge("tongxing_outbox_pending", "Messages not yet delivered.", multiprocess_mode="mostrecent")
HASHES = Gauge("tongxing_password_hashes", "Hashes made or waited for.", multiprocess_mode="livesum")


def start() -> float:
    """Return the moment from which `request_answered` counts."""
    return time.perf_counter()


def request_answered(endpoint: str, status: int, started: float | None) -> None:
    """Count an answer of the Flask endpoint *endpoint*, and its time when it is known."""
    REQUESTS.labels(endpoint, str(status)).inc()
    if started is not None:
        SECONDS.labels(endpoint).observe(time.perf_counter() - started)


def login(outcome: str) -> None:
    """Count a login attempt (``succeeded`` or ``refused``)."""
    LOGINS.labels(outcome).inc()


def token_issued(grant_type: str) -> None:
    """Count a successful token request."""
    TOKENS.labels(grant_type).inc()


def outbox_pending(count: int) -> None:
    """Say how many messages wait."""
    OUTBOX.set(count)


@contextmanager
def hashing() -> Iterator[None]:
    """Count one more password hash in the line while the block runs."""
    HASHES.inc()
    try:
        yield
    finally:
        HASHES.dec()


def render() -> tuple[bytes, str]:
    """Return everything in Prometheus' text format, and its content type."""
    registry = REGISTRY
    if os.environ.get(DIRECTORY_VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
