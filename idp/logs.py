"""Structured logs: one JSON line for each event, with the trace id, without personal data.

Log what happened and ids; never what a person typed or carries. A processor blinds values whose names say
that they are secret, whoever passes them, as the last line of defence. ``configure()`` once per process,
`get` anywhere.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
BLIND = "[hidden]"

# A name with one of these words as a part of it (split at _, - and .) is never written out.
SECRET_WORDS = frozenset(
    {
        "address", "answer", "assertion", "authorization", "birthdate", "code", "cookie", "cookies", "email",
        "form", "hint", "identifier", "jwk", "key", "name", "nonce", "otp", "passphrase", "password", "phone",
        "pin", "pwd", "query", "secret", "state", "ticket", "token", "tokens", "totp", "username", "verifier",
    }
)  # fmt: skip
SECRET_NAMES = frozenset({"id_number", "request_uri", "to", "real_name", "body", "args", "payload"})
# Names that hold such a word and tell nothing secret.
OPEN_NAMES = frozenset(
    {
        "error_code",
        "exit_code",
        "job_name",
        "key_id",
        "logger_name",
        "route_name",
        "status_code",
        "token_type",
    }
)
# What must not pass even inside a sentence: three-part JWTs, Chinese mobile numbers, identity numbers.
SECRET_TEXT = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<![\dA-Za-z-])(?:\+?86[- ]?)?1[3-9]\d{9}(?![\dA-Za-z-])"
    r"|(?<![\dA-Za-z-])[1-9]\d{16}[\dXx](?![\dA-Za-z-])"
)

_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def get(name: str) -> FilteringBoundLogger:
    """Return the logger of module *name*: ``get(__name__).info("what happened", some_id=…)``."""
    return cast("FilteringBoundLogger", structlog.get_logger(logger_name=name))


def trace_id() -> str:
    """Return the trace id of what runs now, or an empty text."""
    return _trace_id.get()


@contextmanager
def bind_trace(value: str) -> Iterator[None]:
    """Put *value* as trace id on every line (and audit event) until the block ends."""
    token = _trace_id.set(value)
    try:
        yield
    finally:
        _trace_id.reset(token)


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Write to *stream* (standard error): JSON lines, or readable ones when a person watches."""
    stream = stream or sys.stderr
    readable = stream.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_trace_id,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact,
            structlog.dev.ConsoleRenderer(colors=True)
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = _FromStandardLibrary()
    root = logging.getLogger()
    for old in [item for item in root.handlers if isinstance(item, _FromStandardLibrary)]:
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries tell at info what belongs to debugging (each request of an HTTP client, with its address).
    root.setLevel(max(LEVELS[level], logging.WARNING))


def add_trace_id(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the trace id of what runs now on the line (a structlog processor)."""
    if current := _trace_id.get():
        event.setdefault("trace_id", current)
    return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blind values whose name or look is secret (a structlog processor)."""
    for name in list(event):
        event[name] = _blinded(name, event[name])
    return event


def _blinded(name: str, value: Any) -> Any:
    if value and is_secret_name(name):
        return BLIND
    if isinstance(value, str):
        return SECRET_TEXT.sub(BLIND, value)
    if isinstance(value, Mapping):
        return {str(key): _blinded(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_blinded("", inner) for inner in value]
    return value


def is_secret_name(name: str) -> bool:
    """Whether the value of *name* must not be written out."""
    name = name.lower()
    if name in OPEN_NAMES:
        return False
    return name in SECRET_NAMES or not SECRET_WORDS.isdisjoint(re.split(r"[_.-]", name))


class _FromStandardLibrary(logging.Handler):
    """Lines of libraries that use the standard library's logging, through the same processors."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            logger = get(record.name).bind(from_library=True)
            logger.log(record.levelno, record.getMessage(), exc_info=record.exc_info)
        except Exception:  # noqa: BLE001 - as every handler of the standard library does
            self.handleError(record)
