"""Serve one site until told to stop."""

import functools
import os

import flask

from clients import serving
from clients.sites import service_site, settings
from clients.sites.definition import Definition
from tongxing_client import errors


def main(definition: Definition) -> None:
    """Check the settings, say the address, serve until told to stop."""
    try:
        found = settings.read(definition, os.environ)
    except errors.WrongSettings as error:
        serving.refuse(definition.software_id, error)
    print(f"{definition.name.zh} {definition.name.en}: {found.site_url}", flush=True)
    load_site = functools.partial(load, definition)
    serving.serve(load_site, name=definition.software_id, address=found.address, port=found.port)


def load(definition: Definition) -> flask.Flask:
    """The application, made in the worker, and told of events from then on."""
    app = service_site.create_app(definition, settings.read(definition, os.environ))
    app.extensions["tongxing_stream"] = app.extensions["tongxing"].keep_stream(
        by_poll=definition.is_behind_wall
    )
    return app
