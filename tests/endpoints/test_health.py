import pytest

from idp import schema
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Unavailable
from tests.provider import Provider


def test_a_process_that_answers_is_alive(provider: Provider) -> None:
    """Whatever the Host says: a load balancer asks by address."""
    response = provider.app.test_client().get("/healthz", base_url="http://10.0.0.1:9999")
    assert (response.status_code, response.json) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_one_that_has_everything_is_ready(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "check_current", lambda: None)
    response = provider.app.test_client().get("/readyz", base_url="http://10.0.0.1:9999")
    assert (response.status_code, response.json) == (200, {"status": "ok", "missing": []})


def test_what_is_missing_is_named(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise Unavailable("ephemeral_unavailable")

    def old() -> None:
        raise LookupError("old")

    monkeypatch.setattr(EPHEMERAL.of(provider.app), "ping", away)
    monkeypatch.setattr(schema, "check_current", old)
    response = provider.app.test_client().get("/readyz")
    assert response.status_code == 503
    assert response.json == {"status": "unavailable", "missing": ["ephemeral_store", "schema"]}
    assert response.headers["Retry-After"] == "5"
