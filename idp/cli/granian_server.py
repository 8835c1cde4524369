"""granian around a WSGI application: processes that share a port, threads in each, graceful stop.

SIGTERM: the port is closed, requests under way are finished, then *close* runs in each process.
"""

import socket
from collections.abc import Callable
from typing import Any

import click
from granian import _signals
from granian._granian import WorkerSignal
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server, common

from idp.cli import stop_signals
from idp.cli.stop_signals import StopSignals

WSGI = Callable[..., Any]

BACKLOG = 1024
# Connections of one process, idle ones of a proxy's pool too; what waits beyond stays in the kernel's queue.
CONNECTIONS = 512
HEADER_BYTES = 65_536
HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 30
# granian's own lines go the way of all libraries (idp.logs), errors only (its warnings are about tuning).
LOGGING = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": True},
    }
}


def serve(
    create: Callable[[], WSGI],
    *,
    host: str,
    port: int,
    workers: int = 1,
    threads: int,
    close: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; *create* and *close* run in each process.

    Raises ClickException when the port cannot be had, SystemExit 1 when processes die as soon as they start.
    """
    _check_free(host, port)
    server = Server(
        "idp",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES, pipeline_flush=False
        ),
        websockets=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )

    def process(*arguments: Any) -> None:
        signals = StopSignals()
        # Else a killed parent would leave us behind with the port.
        stop_signals.stop_with_parent()

        def stop_when_told() -> WorkerSignal:
            stop = WorkerSignal()
            signals.call(stop.set)
            return stop

        _signals.set_sync_signals = stop_when_told  # nor for that
        try:
            server._spawn_wsgi_worker(*arguments)  # noqa: SLF001 - the hook after the last request granian lacks
        finally:
            close()

    common.set_main_signals = _leave_signals  # type: ignore[attr-defined] # no hook for that
    StopSignals().call(server.signal_handler_interrupt)
    server.serve(spawn_target=process, target_loader=create, wrap_loader=False)


def _leave_signals(*_handlers: object) -> None:
    """Let StopSignals stand where granian would set handlers of its own."""


def _check_free(host: str, port: int) -> None:
    # granian lets several programs share a port, and each would get some of the requests.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from error
