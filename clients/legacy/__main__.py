"""``python -m clients.legacy``: serve the older system until told to stop."""

import os
import sys

import flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from clients.legacy import application, settings
from tongxing_client import errors

_STOP_SECONDS = 3


def main() -> None:
    """Check the settings, say the address, serve."""
    try:
        found = settings.read(os.environ)
    except errors.WrongSettings as error:
        print(f"{settings.CLIENT_ID}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(f"市民卡老系统 City card: {found.site_url}", flush=True)
    server = Server(
        settings.CLIENT_ID,
        address=found.address,
        port=found.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=4,
        backpressure=64,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=load, wrap_loader=False)


def load() -> flask.Flask:
    """The application, made in the worker, and told of events from then on."""
    app = application.create_app(settings.read(os.environ))
    app.extensions["tongxing_stream"] = app.extensions["tongxing"].keep_stream()
    return app


if __name__ == "__main__":
    main()
