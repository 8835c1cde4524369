from collections.abc import Callable
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from tests.clients.loopback_provider import LoopbackProvider, Reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.clients.tongxing_client.conftest import LEVEL_3
from tests.clients.visitor import Visitor
from tests.waiting import eventually
from tongxing_client import errors, event_types
from tongxing_client.security_event_token import SecurityEvent

MIMETYPE = "application/secevent+jwt"


def _push(visitor: Visitor, token: str, **options: Any) -> TestResponse:
    client = visitor.client.application.test_client()
    return client.post("/security_events", data=token, **{"content_type": MIMETYPE, **options})


def test_a_pushed_event_is_done_and_acknowledged_without_a_word(
    visitor: Visitor, transmitter: LoopbackTransmitter
) -> None:
    visitor.log_in()
    response = _push(visitor, transmitter.token(event_types.ACCOUNT_DISABLED))
    assert (response.status_code, response.data) == (202, b"")
    assert response.headers["Cache-Control"] == "no-store"
    assert visitor.get("/who").text == "nobody"


def test_the_same_again_is_acknowledged_and_ends_no_later_login(
    visitor: Visitor, transmitter: LoopbackTransmitter
) -> None:
    token = transmitter.token(event_types.ACCOUNT_DISABLED)
    assert _push(visitor, token).status_code == 202
    transmitter.provider.clock.time += 1
    visitor.log_in()
    assert _push(visitor, token).status_code == 202
    assert visitor.get("/who").text == "pairwise-zhang"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.example.cn"}, "invalid_issuer"),
        ({"aud": "somebody"}, "invalid_audience"),
        ({"typ": "JWT"}, "invalid_request"),
        ({"sub_id": None}, "invalid_request"),
    ],
)
def test_a_bad_event_is_refused_with_a_reason_and_ends_nothing(
    visitor: Visitor, transmitter: LoopbackTransmitter, changes: dict[str, Any], code: str
) -> None:
    visitor.log_in()
    response = _push(visitor, transmitter.token(event_types.ACCOUNT_DISABLED, **changes))
    assert (response.status_code, response.get_json()["err"]) == (400, code)
    assert response.headers["Content-Language"] == "en"
    assert visitor.get("/who").text == "pairwise-zhang"


def test_one_from_the_future_is_asked_for_again(visitor: Visitor, transmitter: LoopbackTransmitter) -> None:
    at = int(transmitter.provider.clock.now())
    soon = transmitter.token(event_types.ACCOUNT_DISABLED, iat=at + 120)
    response = _push(visitor, soon)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert _push(visitor, transmitter.token(event_types.ACCOUNT_DISABLED, iat=at + 90_000)).status_code == 400
    transmitter.provider.clock.time += 120
    assert _push(visitor, soon).status_code == 202


@pytest.mark.parametrize("body", [b"", b"garbage", "好".encode(), b"\xff\xfe", b"a.b.c"])
def test_garbage_is_refused(visitor: Visitor, transmitter: LoopbackTransmitter, body: bytes) -> None:
    response = visitor.client.application.test_client().post(
        "/security_events", data=body, content_type=MIMETYPE
    )
    assert (response.status_code, response.get_json()["err"]) == (400, "invalid_request")


def test_another_type_of_body_is_refused(visitor: Visitor, transmitter: LoopbackTransmitter) -> None:
    token = transmitter.token(event_types.ACCOUNT_DISABLED)
    assert _push(visitor, token, content_type="application/json").status_code == 400


def test_a_body_is_bounded(visitor: Visitor) -> None:
    assert _push(visitor, "x" * 200_000).status_code == 413


def test_what_cannot_be_checked_now_is_to_be_sent_again(
    visitor: Visitor, transmitter: LoopbackTransmitter
) -> None:
    token = transmitter.token(event_types.ACCOUNT_DISABLED)
    transmitter.provider.replies["/jwks"] = lambda _: Reply(503)
    response = _push(visitor, token)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_what_the_site_could_not_do_is_to_be_sent_again(
    make_app: Callable[..., flask.Flask], transmitter: LoopbackTransmitter
) -> None:
    tries: list[SecurityEvent] = []

    def fail_first(event: SecurityEvent) -> None:
        tries.append(event)
        if len(tries) == 1:
            raise errors.ProviderUnavailable("cannot be answered now")

    visitor = Visitor(make_app(event_handlers={event_types.DELETION_REQUESTED: fail_first}))
    token = transmitter.token(event_types.DELETION_REQUESTED, {"request_id": "r"})
    assert [_push(visitor, token).status_code for _ in range(3)] == [503, 202, 202]
    assert len(tries) == 2


def test_an_authorization_that_was_agreed_must_come_with_it(
    make_app: Callable[..., flask.Flask], transmitter: LoopbackTransmitter
) -> None:
    visitor = Visitor(make_app(events_authorization="Bearer agreed"))
    token = transmitter.token(event_types.ACCOUNT_DISABLED)
    refused = _push(visitor, token, headers={"Authorization": "Bearer other"})
    assert (refused.status_code, refused.get_json()["err"]) == (400, "authentication_failed")
    assert _push(visitor, token).status_code == 400
    assert _push(visitor, token, headers={"Authorization": "Bearer agreed"}).status_code == 202


@pytest.mark.parametrize("by_poll", [False, True])
def test_a_site_keeps_its_stream(
    make_app: Callable[..., flask.Flask], transmitter: LoopbackTransmitter, by_poll: bool
) -> None:
    tongxing = make_app().extensions["tongxing"]
    keeper = tongxing.keep_stream(by_poll=by_poll, poll_seconds=0.05)
    eventually(lambda: keeper.stream is not None)
    keeper.stop()
    (stream,) = transmitter.streams.values()
    ours = "http://localhost:5000/security_events"
    theirs = f"{transmitter.provider.issuer}/ssf/poll"
    assert stream["delivery"]["endpoint_url"] == (theirs if by_poll else ours)
    assert set(stream["events_requested"]) == set(tongxing.signals.events)


def test_a_level_that_fell_is_asked_again_at_the_next_page_without_going_in_circles(
    visitor: Visitor, transmitter: LoopbackTransmitter
) -> None:
    provider = transmitter.provider
    provider.login["acr"] = LEVEL_3
    visitor.log_in()
    assert visitor.get("/high").text == "high"
    assert _push(visitor, transmitter.token(event_types.ASSURANCE_LEVEL_CHANGE)).status_code == 202
    provider.clock.time += 1
    provider.login["acr"] = "urn:tongxing:loa:2"
    assert visitor.get("/records").status_code == 303
    visitor.get(visitor.way_back())
    assert visitor.get("/records").text == "张伟"
    assert visitor.get("/high").status_code == 303
    visitor.get(visitor.way_back())
    assert visitor.get("/high").status_code == 403


def test_a_page_asks_for_its_scope_once_and_then_sees_for_itself(
    make_app: Callable[..., flask.Flask], provider: LoopbackProvider
) -> None:
    app = make_app(extra_scopes={"phone"})
    tongxing = app.extensions["tongxing"]

    @app.get("/reminders")
    @tongxing.login_required(scope="phone")
    def reminders() -> str:
        return str(tongxing.get_session().claims.get("phone_number", "not shared"))

    visitor = Visitor(app)
    visitor.log_in()
    assert visitor.get("/reminders").status_code == 303
    assert visitor.asked()["scope"] == "openid profile phone"
    visitor.get(visitor.way_back())
    assert visitor.get("/reminders").text == "not shared"


def test_tokens_of_what_was_taken_back_are_asked_for_no_more(
    visitor: Visitor, transmitter: LoopbackTransmitter
) -> None:
    visitor.log_in()
    assert visitor.get("/call").status_code == 200
    members = {"items": ["phone_number"], "event_timestamp": transmitter.provider.clock.now()}
    assert _push(visitor, transmitter.token(event_types.CONSENT_WITHDRAWN, members)).status_code == 202
    assert 'data-error="login_needed"' in visitor.get("/call").text
    assert visitor.get("/records").text == "张伟"
