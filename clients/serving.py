"""Serve a client with granian: one worker, few threads, stopped gracefully by SIGINT or SIGTERM."""

import sys
from collections.abc import Callable
from typing import NoReturn

import flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from tongxing_client import errors

# A half-sent request would hold a stopping worker for good; after this long it is ended.
_STOP_SECONDS = 3
_WAITING_PER_THREAD = 16
_WRONG_SETTINGS = 1


def refuse(name: str, error: errors.WrongSettings) -> NoReturn:
    """End the program with each reason on a line of its own."""
    print(f"{name}: {str(error).replace('; ', chr(10) + '  ')}", file=sys.stderr)
    raise SystemExit(_WRONG_SETTINGS) from None


def serve(load: Callable[[], flask.Flask], *, name: str, address: str, port: int, threads: int = 4) -> None:
    """Serve what *load* makes in the worker until told to stop; *load* is importable there (no lambda)."""
    server = Server(
        name,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=threads,
        backpressure=threads * _WAITING_PER_THREAD,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=load, wrap_loader=False)
