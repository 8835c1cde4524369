"""``python -m clients.gateway FILE``: serve the gateway of a settings file until told to stop."""

import functools
import sys
from pathlib import Path

import flask

from clients import serving
from clients.gateway import application, settings
from tongxing_client import errors

_WRONG_USE = 2
_THREADS = 8


def main(arguments: list[str]) -> int:
    """Check the settings, say the address, serve."""
    if len(arguments) != 1:
        print("usage: python -m clients.gateway FILE.toml", file=sys.stderr)
        return _WRONG_USE
    file = Path(arguments[0]).absolute()
    try:
        found = settings.read(file)
    except errors.WrongSettings as error:
        serving.refuse(file.name, error)
    print(f"网关 gateway: {found.url} ({found.bind}:{found.port})", flush=True)
    serving.serve(
        functools.partial(load, file),
        name=f"gateway-{found.client_id}",
        address=found.bind,
        port=found.port,
        threads=_THREADS,
    )
    return 0


def load(file: Path) -> flask.Flask:
    """The application, made in the worker."""
    return application.create_app(settings.read(file))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
