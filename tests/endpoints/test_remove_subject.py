"""Subjects taken out of a stream: the answer never says whether somebody stands behind one (SSF 1.0 §9.1)."""

import pytest

from idp.shared_signals import removed_subject
from tests.endpoints.test_configuration import DISABLED
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import Client


@pytest.fixture
def client(provider: Provider) -> Client:
    return Client(registered(provider))


@pytest.mark.parametrize("iss", ["", "https://evil.example"])
@pytest.mark.parametrize("sub", ["nobody", "a" * 43, "x" * 5000, "中"])
def test_who_is_unknown_is_answered_like_anybody(client: Client, sub: str, iss: str) -> None:
    stream_id = client.make(DISABLED)["stream_id"]
    subject = {"format": "iss_sub", "iss": iss or client.site.issuer, "sub": sub}
    body = {"stream_id": stream_id, "subject": subject}
    assert client.ask("POST", "/ssf/subjects/remove", body) == (204, None)
    assert client.ask("POST", "/ssf/subjects/add", body) == (200, {})


@pytest.mark.parametrize(
    "subject",
    [
        None,
        "somebody",
        [],
        {},
        {"format": "iss_sub"},
        {"format": "iss_sub", "iss": "x", "sub": 7},
        {"format": "email", "email": "a@example.cn"},
        {"format": ["iss_sub"]},
    ],
)
def test_a_subject_that_is_none_is_refused(client: Client, subject: object) -> None:
    stream_id = client.make(DISABLED)["stream_id"]
    for what in ("remove", "add"):
        status, body = client.ask(
            "POST", f"/ssf/subjects/{what}", {"stream_id": stream_id, "subject": subject}
        )
        assert (status, body["error"]) == (400, "invalid_request")


def test_not_everybody_can_be_taken_out_one_by_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removed_subject, "MOST", 3)
    stream_id = client.make(DISABLED)["stream_id"]
    answers = []
    for letter in "abcde":
        subject = {"format": "iss_sub", "iss": client.site.issuer, "sub": letter * 43}
        body = {"stream_id": stream_id, "subject": subject}
        answers.append(client.ask("POST", "/ssf/subjects/remove", body)[0])
    assert answers == [204, 204, 204, 409, 409]
