"""The one source of time: UTC, aware. Tests move it; nothing else reads the system's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_process_offset = timedelta(0)


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC) + _process_offset


def timestamp() -> int:
    """Return the present moment in whole seconds since 1970 (NumericDate, RFC 7519 §2)."""
    return int(now().timestamp())


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move the process's time by *by* (tests: let a session or a code grow old)."""
    global _process_offset  # noqa: PLW0603 - one clock for all threads is the point
    before = _process_offset
    _process_offset = before + by
    try:
        yield
    finally:
        _process_offset = before
