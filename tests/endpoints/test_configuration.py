"""``configuration_endpoint``: a receiver keeps its streams (SSF 1.0 §8.1.1); nobody else's, nobody else."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.db import db
from idp.shared_signals import stream as streams
from idp.shared_signals.stream import Stream
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import CAEP, POLL, PUSH, RISC, Client

URI, OTHER_URI = "https://fund.example.cn/events", "https://fund.example.cn/other"
REVOKED, DISABLED = f"{CAEP}session-revoked", f"{RISC}account-disabled"


@pytest.fixture
def client(provider: Provider) -> Client:
    return Client(registered(provider, URI, OTHER_URI))


def test_a_push_stream_says_what_will_be_delivered(client: Client) -> None:
    made = client.make(REVOKED, "urn:example:unknown", push_to=URI, description="Fund 公积金")
    assert made["events_requested"] == [REVOKED, "urn:example:unknown"]
    assert made["events_delivered"] == [REVOKED], "what we do not know is passed over"
    assert set(made["events_delivered"]) < set(made["events_supported"])
    assert made["delivery"] == {"method": PUSH, "endpoint_url": URI}
    assert (made["iss"], made["aud"]) == (client.site.issuer, client.site.id)
    assert made["description"] == "Fund 公积金"
    assert made["min_verification_interval"] > 0


def test_without_delivery_it_is_fetched_at_an_address_of_its_own(client: Client) -> None:
    first, second = client.make(REVOKED), client.make(REVOKED, delivery={"method": POLL})
    for made in (first, second):
        assert made["delivery"]["method"] == POLL
        assert made["delivery"]["endpoint_url"].startswith(f"{client.site.issuer}/")
    assert first["delivery"]["endpoint_url"] != second["delivery"]["endpoint_url"]


def test_streams_are_read_one_by_one_and_all_together(client: Client) -> None:
    assert client.ask("GET", "/ssf/streams") == (200, [])
    made = client.make(REVOKED)
    assert client.ask("GET", f"/ssf/streams?stream_id={made['stream_id']}") == (200, made)
    assert client.ask("GET", "/ssf/streams") == (200, [made])


def test_a_patch_changes_what_it_names(client: Client) -> None:
    made = client.make(REVOKED, push_to=URI, description="one")
    status, changed = client.ask(
        "PATCH", "/ssf/streams", {"stream_id": made["stream_id"], "events_requested": [DISABLED]}
    )
    assert status == 200
    assert changed["events_delivered"] == [DISABLED]
    assert (changed["description"], changed["delivery"]) == ("one", made["delivery"])


def test_a_put_says_everything_anew(client: Client) -> None:
    made = client.make(REVOKED, push_to=URI, description="one")
    status, changed = client.ask(
        "PUT", "/ssf/streams", {"stream_id": made["stream_id"], "delivery": {"method": POLL}}
    )
    assert status == 200
    assert changed["events_requested"] == []
    assert "description" not in changed
    assert changed["delivery"]["method"] == POLL


def test_what_was_read_may_be_sent_back(client: Client) -> None:
    """SSF §8.1.1.4: read, modify, replace."""
    made = client.make(REVOKED, push_to=URI)
    assert client.ask("PUT", "/ssf/streams", made) == (200, made)


@pytest.mark.parametrize(
    "changed", [{"aud": "another"}, {"iss": "https://evil.example"}, {"events_supported": []}]
)
def test_what_is_ours_to_say_cannot_be_changed(client: Client, changed: dict[str, Any]) -> None:
    made = client.make(REVOKED)
    for method in ("PATCH", "PUT"):
        status, body = client.ask(method, "/ssf/streams", {"stream_id": made["stream_id"]} | changed)
        assert (status, body["error"]) == (400, "invalid_request")


def test_a_deleted_stream_is_gone(client: Client) -> None:
    made = client.make(REVOKED)
    path = f"/ssf/streams?stream_id={made['stream_id']}"
    assert client.ask("DELETE", path) == (204, None)
    assert client.ask("DELETE", path)[0] == 404
    assert client.ask("GET", path)[0] == 404


def test_nobody_reaches_anothers_stream(provider: Provider, client: Client) -> None:
    made = Client(registered(provider, URI)).make(REVOKED, push_to=URI)
    stream_id = made["stream_id"]
    for method, path, body in (
        ("GET", f"/ssf/streams?stream_id={stream_id}", None),
        ("DELETE", f"/ssf/streams?stream_id={stream_id}", None),
        ("PATCH", "/ssf/streams", {"stream_id": stream_id, "events_requested": []}),
        ("PUT", "/ssf/streams", {"stream_id": stream_id}),
        ("GET", f"/ssf/status?stream_id={stream_id}", None),
        ("POST", "/ssf/status", {"stream_id": stream_id, "status": "disabled"}),
        ("POST", "/ssf/verification", {"stream_id": stream_id}),
        ("POST", f"/ssf/poll?stream_id={stream_id}", {}),
    ):
        assert client.ask(method, path, body)[0] == 404, (method, path)
    assert client.ask("GET", f"/ssf/streams?stream_id={uuid4()}")[0] == 404
    assert client.ask("GET", "/ssf/streams?stream_id=not-an-id")[0] == 404


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/events",
        f"{URI}/",
        f"{URI}?x=1",
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "",
        7,
        None,
        [URI],
    ],
)
def test_events_go_to_no_address_that_is_not_registered(client: Client, url: object) -> None:
    status, body = client.ask("POST", "/ssf/streams", {"delivery": {"method": PUSH, "endpoint_url": url}})
    assert (status, body["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["", " ", "x\r\nHost: evil", "x\nX: y", "中", "a" * 5000, 7, ["x"], {"a": 1}, "tab\there"]
)
def test_a_header_that_is_none_is_refused(client: Client, header: object) -> None:
    delivery = {"method": PUSH, "endpoint_url": URI, "authorization_header": header}
    assert client.ask("POST", "/ssf/streams", {"delivery": delivery})[0] == 400


def test_there_are_so_many_streams_and_no_more(client: Client) -> None:
    for _ in range(streams.MOST):
        client.make(REVOKED)
    status, body = client.ask("POST", "/ssf/streams", {})
    assert (status, body["error"]) == (409, "invalid_request")


def test_the_receivers_header_is_sealed(provider: Provider, client: Client) -> None:
    delivery = {"method": PUSH, "endpoint_url": URI, "authorization_header": "Bearer very-secret"}
    made = client.make(REVOKED, delivery=delivery)
    with provider.context():
        stream = db.session.query(Stream).filter_by(client_id=client.site.id).one()
        assert "very-secret" not in (stream.authorization_sealed or "")
        assert stream.authorization == "Bearer very-secret"
    client.ask("PATCH", "/ssf/streams", {"stream_id": made["stream_id"], "description": "x"})
    with provider.context():
        stream = db.session.query(Stream).filter_by(client_id=client.site.id).one()
        assert stream.authorization == "Bearer very-secret", "what is not named stays"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    body=st.dictionaries(
        st.sampled_from(["delivery", "events_requested", "description", "stream_id"]), JSON, max_size=4
    )
)
def test_whatever_is_sent_is_answered(client: Client, body: dict[str, Any]) -> None:
    for method in ("PATCH", "PUT"):
        assert client.ask(method, "/ssf/streams", body)[0] in {400, 404}


@pytest.mark.parametrize(
    ("data", "mimetype"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b'{"a": ', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b"{}", "text/plain"),
        (b"{}", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: Client, data: bytes, mimetype: str) -> None:
    response = client.app.test_client().post(
        "/ssf/streams",
        base_url=client.site.issuer,
        data=data,
        content_type=mimetype,
        headers={"Authorization": f"Bearer {client.token}"},
    )
    assert response.status_code == 400


def test_many_at_once_do_not_get_more_streams_than_one_by_one(either: Provider) -> None:
    client = Client(registered(either))
    for _ in range(streams.MOST - 1):
        client.make(DISABLED)
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(client.ask("POST", "/ssf/streams", {"events_requested": []})[0])
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409, 409, 409]
