"""Serve one site with granian: one worker, few threads, stopped gracefully by SIGINT or SIGTERM."""

import functools
import os
import sys

import flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from clients.sites import service_site, settings
from clients.sites.definition import Definition
from tongxing_client import errors

# A half-sent request would hold a stopping worker for good; after this long it is ended.
_STOP_SECONDS = 3
_WRONG_SETTINGS = 1


def main(definition: Definition) -> None:
    """Check the settings, say the address, serve until told to stop."""
    try:
        found = settings.read(definition, os.environ)
    except errors.WrongSettings as error:
        print(f"{definition.software_id}: {str(error).replace('; ', chr(10) + '  ')}", file=sys.stderr)
        raise SystemExit(_WRONG_SETTINGS) from None
    print(f"{definition.name.zh} {definition.name.en}: {found.site_url}", flush=True)
    server = Server(
        definition.software_id,
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
    server.serve(target_loader=functools.partial(load, definition), wrap_loader=False)


def load(definition: Definition) -> flask.Flask:
    """The application, made in the worker, and told of events from then on."""
    app = service_site.create_app(definition, settings.read(definition, os.environ))
    app.extensions["tongxing_stream"] = app.extensions["tongxing"].keep_stream(
        by_poll=definition.is_behind_wall
    )
    return app
