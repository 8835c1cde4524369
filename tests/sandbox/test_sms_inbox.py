"""The sandbox's SMS gateway."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from idp.sandbox import sms_inbox

MESSAGE = {
    "to": "+8613800138000",
    "template": "sign_up_code",
    "values": {"code": "481516", "minutes": "5"},
    "text": "【通行】您的验证码是 481516",
    "locale": "zh-Hans",
    "reference": "019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a",
}


@pytest.fixture
def client() -> FlaskClient:
    return sms_inbox.create_app().test_client()


def reference(number: int) -> str:
    return f"019ab3c4-5f60-7d21-8a43-{number:012d}"


def test_what_is_posted_can_be_read(client: FlaskClient) -> None:
    assert client.post("/sms/messages", json=MESSAGE).status_code == 202
    other = MESSAGE | {"to": "+85251234567", "reference": reference(1), "values": {}, "text": "<b>you</b>"}
    assert client.post("/sms/messages", json=other).status_code == 202
    answer = client.get("/sms/messages?to=%2B8613800138000")
    (message,) = answer.get_json()
    assert (message["code"], message["text"]) == ("481516", MESSAGE["text"])
    assert [message["to"] for message in client.get("/sms/messages").get_json()] == [
        other["to"],
        MESSAGE["to"],
    ]
    page = client.get("/sms").get_data(as_text=True)
    assert "481516" in page
    assert "&lt;b&gt;you" in page
    assert "沙箱" in page
    assert "Sandbox: no message is really sent" in page


def test_an_empty_inbox_says_so(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "No messages yet" in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_reference_seen_twice_is_one_message(client: FlaskClient) -> None:
    for _ in range(2):
        assert client.post("/sms/messages", json=MESSAGE).status_code == 202
    assert len(client.get("/sms/messages").get_json()) == 1


def test_only_the_last_messages_are_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_inbox, "KEPT", 3)
    client = sms_inbox.create_app().test_client()
    for number in range(5):
        client.post("/sms/messages", json=MESSAGE | {"reference": reference(number), "text": str(number)})
    assert [message["text"] for message in client.get("/sms/messages").get_json()] == ["4", "3", "2"]


@pytest.mark.parametrize(
    "change",
    [
        {"to": "13800138000"},
        {"to": "+86 138"},
        {"to": "+" + "1" * 16},
        {"to": 5},
        {"text": "x" * 501},
        {"text": "a\0b"},
        {"text": None},
        {"template": ["x"]},
        {"reference": "1"},
        {"values": "x"},
    ],
)
def test_what_is_no_message_is_refused(client: FlaskClient, change: dict[str, Any]) -> None:
    answer = client.post("/sms/messages", json=MESSAGE | change)
    assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_message"})


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"{"])
def test_what_is_not_json_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/sms/messages", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_too_much_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sms/messages", data=b" " * 9000, content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (413, {"error": "request_entity_too_large"})


def test_other_names_and_paths_are_refused(client: FlaskClient) -> None:
    assert client.get("/sms/messages", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/sms", headers={"Host": "127.0.0.1:8010"}).status_code == 200
    assert client.get("/nothing").get_json() == {"error": "not_found"}
