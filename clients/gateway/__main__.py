"""``python -m clients.gateway FILE``: serve the gateway of a settings file until told to stop."""

import functools
import sys
from pathlib import Path

import flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from clients.gateway import application, settings
from tongxing_client import errors

_STOP_SECONDS = 3
_WRONG_USE = 2


def main(arguments: list[str]) -> int:
    """Check the settings, say the address, serve."""
    if len(arguments) != 1:
        print("usage: python -m clients.gateway FILE.toml", file=sys.stderr)
        return _WRONG_USE
    file = Path(arguments[0]).absolute()
    try:
        found = settings.read(file)
    except errors.WrongSettings as error:
        print(f"{file.name}: {str(error).replace('; ', chr(10) + '  ')}", file=sys.stderr)
        return 1
    print(f"网关 gateway: {found.url} ({found.bind}:{found.port})", flush=True)
    server = Server(
        f"gateway-{found.client_id}",
        address=found.bind,
        port=found.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=8,
        backpressure=128,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=functools.partial(load, file), wrap_loader=False)
    return 0


def load(file: Path) -> flask.Flask:
    """The application, made in the worker."""
    return application.create_app(settings.read(file))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
