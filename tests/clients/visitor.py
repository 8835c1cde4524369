"""A person's browser in front of one site: it follows the way through the provider and back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
from werkzeug.test import TestResponse

from tests.clients.loopback_provider import LoopbackProvider


class Visitor:
    """A browser profile. ``self.location`` is where the site last sent it."""

    def __init__(self, app: flask.Flask, **client_options: Any) -> None:
        self.client = app.test_client(**client_options)
        self.location = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET ``path`` at the site."""
        response = self.client.get(path, **options)
        self.location = response.headers.get("Location", "")
        return response

    def asked(self, provider: LoopbackProvider | None = None) -> dict[str, str]:
        """The parameters the site last sent the browser to the provider with; signed or pushed ones it knows."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}
        return provider.asked(query) if provider else query

    def way_back(self) -> str:
        """Go to the provider and take its way back to the site: path and query of the callback."""
        answer = httpx.get(self.location, trust_env=False)
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def log_in(self, path: str = "/login") -> TestResponse:
        """Begin at ``path``, go through the provider, and come back to the callback."""
        assert self.get(path).status_code == 303
        return self.get(self.way_back())
