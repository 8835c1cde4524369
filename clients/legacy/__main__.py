"""``python -m clients.legacy``: serve the older system until told to stop."""

import os

import flask

from clients import serving
from clients.legacy import application, settings
from tongxing_client import errors


def main() -> None:
    """Check the settings, say the address, serve."""
    try:
        found = settings.read(os.environ)
    except errors.WrongSettings as error:
        serving.refuse(settings.CLIENT_ID, error)
    print(f"市民卡老系统 City card: {found.site_url}", flush=True)
    serving.serve(load, name=settings.CLIENT_ID, address=found.address, port=found.port)


def load() -> flask.Flask:
    """The application, made in the worker, and told of events from then on."""
    app = application.create_app(settings.read(os.environ))
    app.extensions["tongxing_stream"] = app.extensions["tongxing"].keep_stream()
    return app


if __name__ == "__main__":
    main()
