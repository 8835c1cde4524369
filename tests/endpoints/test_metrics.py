"""Counters are for the operator: loopback, or a token."""

import pytest
from sqlalchemy.exc import OperationalError

from idp.db import commit
from idp.outbox import delivery, message
from idp.setting_sections import Serving
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


def test_what_waits_to_be_delivered_is_told(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        for _ in range(3):
            message.add("backchannel_logout", {"client_id": "x"})
        commit()
    assert "tongxing_outbox_pending 3.0" in provider.app.test_client().get("/metrics").text


def test_without_a_database_the_counters_are_told_all_the_same(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> int:
        raise OperationalError("SELECT", {}, ConnectionError())

    monkeypatch.setattr(delivery, "pending", away)
    response = provider.app.test_client().get("/metrics")
    assert response.status_code == 200
    assert "tongxing_requests_total" in response.text
