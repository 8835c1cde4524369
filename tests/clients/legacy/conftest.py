"""The city's older system in front of a loopback provider that knows linking."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from clients.legacy import application, settings
from clients.legacy.card_store import PASSWORD
from clients.legacy.settings import LegacySettings
from tests.clients.loopback_provider import LoopbackProvider, json_reply

SITE = "http://localhost:8005"


@pytest.fixture
def found(provider: LoopbackProvider, tmp_path: Path) -> LegacySettings:
    """Settings with a folder of their own."""
    return settings.read({"TONGXING_ISSUER": provider.issuer, "TONGXING_LEGACY_FOLDER": str(tmp_path)})


@pytest.fixture
def app(found: LegacySettings, provider: LoopbackProvider) -> flask.Flask:
    """The application; the provider takes links and gives codes."""
    for name, path in (("account_link_endpoint", "/link"), ("account_link_code_endpoint", "/code")):
        provider.metadata_changes[name] = f"{provider.issuer}{path}"
    jwks = {"keys": [dict(found.key.public_jwk)]}
    provider.clients[settings.CLIENT_ID] = {"method": "private_key_jwt", "jwks": jwks}
    # The application tells real time.
    provider.clock.time = time.time()
    back = {"return_uri": f"{provider.issuer}/account/linked/return"}
    provider.replies["/link"] = lambda _: json_reply(back)
    provider.replies["/code"] = lambda _: json_reply({"code": "K7M2P-Q9XTR", "expires_in": 86_400})
    return application.create_app(found)


class Browser:
    """A browser at the older system, which sends its own origin with forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> Any:
        """Ask for a page."""
        return self.client.get(path, base_url=SITE, **options)

    def post(self, path: str, origin: str | None = SITE, **form: str) -> Any:
        """Send a form."""
        headers = {} if origin is None else {"Origin": origin}
        return self.client.post(path, base_url=SITE, data=form, headers=headers)

    def log_in(self, username: str = "zw1990", password: str = PASSWORD) -> Any:
        """Log in with the older account."""
        return self.post("/old-login", username=username, password=password)

    def check(self, question: str) -> tuple[int, dict[str, str]]:
        """Ask as the provider does."""
        answer = self.client.post(
            "/account-check", base_url=SITE, data=question, content_type="application/account-check+jwt"
        )
        return answer.status_code, json.loads(answer.data)


@pytest.fixture
def browser(app: flask.Flask) -> Iterator[Browser]:
    """One browser."""
    with app.test_client() as client:
        yield Browser(client)
