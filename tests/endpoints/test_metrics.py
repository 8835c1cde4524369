"""Counters are for the operator: loopback, or a token."""

import pytest

from idp.settings import Serving
from tests.provider import NewProvider, Provider


def test_loopback_may_read_them(provider: Provider) -> None:
    response = provider.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", ""])
def test_nobody_else_may(provider: Provider, address: str) -> None:
    response = provider.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert response.status_code == 403


def test_with_a_token_only_its_holder_may(new_provider: NewProvider) -> None:
    client = new_provider(serving=Serving(metrics_token="t0ken")).app.test_client()
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer t0ken"}).status_code == 200
