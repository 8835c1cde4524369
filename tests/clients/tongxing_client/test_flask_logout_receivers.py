from werkzeug.test import TestResponse

from tests.clients.loopback_provider import Clock, LoopbackProvider, Reply
from tests.clients.visitor import Visitor


def _notify(visitor: Visitor, token: str) -> TestResponse:
    return Visitor(visitor.client.application).client.post(
        "/backchannel_logout", data={"logout_token": token}
    )


def test_a_logout_elsewhere_ends_the_session_here(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    response = _notify(visitor, provider.logout_token())
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert visitor.get("/who").text == "nobody"


def test_a_logout_of_the_whole_person_ends_all_sessions(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    provider.login["sid"] = "sid-2"
    other = Visitor(visitor.client.application)
    other.log_in()
    assert _notify(visitor, provider.logout_token(sid=None)).status_code == 200
    assert (visitor.get("/who").text, other.get("/who").text) == ("nobody", "nobody")


def test_a_logout_of_another_session_leaves_this_one(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    assert _notify(visitor, provider.logout_token(sid="another")).status_code == 200
    assert visitor.get("/who").text == "pairwise-zhang"


def test_a_bad_logout_token_is_refused_and_ends_nothing(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    for token in ("", "garbage", provider.logout_token(nonce="n"), provider.logout_token(aud="other")):
        response = _notify(visitor, token)
        assert (response.status_code, response.headers["Cache-Control"]) == (400, "no-store")
        assert response.get_json()["error"] == "invalid_request"
    assert visitor.get("/who").text == "pairwise-zhang"


def test_a_replayed_logout_token_is_acknowledged_but_ends_no_new_session(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    visitor.log_in()
    token = provider.logout_token(sid=None)
    assert _notify(visitor, token).status_code == 200
    assert visitor.get("/who").text == "nobody"
    clock.time += 1
    visitor.log_in()
    assert _notify(visitor, token).status_code == 200
    assert visitor.get("/who").text == "pairwise-zhang"


def test_a_logout_token_that_cannot_be_checked_now_is_to_be_sent_again(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    provider.replies["/jwks"] = lambda _: Reply(503)
    token = provider.logout_token()
    response = _notify(visitor, token)
    assert (response.status_code, response.headers["Cache-Control"]) == (503, "no-store")


def test_a_logout_request_is_bounded(visitor: Visitor) -> None:
    assert _notify(visitor, "x" * 200_000).status_code == 413


def test_a_logout_through_the_browser_ends_the_session(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    frame = Visitor(visitor.client.application)
    asked = {"iss": provider.issuer, "sid": "sid-1"}
    assert (
        frame.get("/frontchannel_logout", query_string={**asked, "iss": "https://evil.cn"}).status_code == 400
    )
    assert visitor.get("/who").text == "pairwise-zhang"
    assert frame.get("/frontchannel_logout", query_string=asked).status_code == 200
    assert visitor.get("/who").text == "nobody"


def test_strangers_cannot_fill_the_memory_nor_bring_a_session_back(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    visitor.log_in()
    assert _notify(visitor, provider.logout_token()).status_code == 200
    store = visitor.client.application.extensions["tongxing"].sessions._store
    before = {kind: list(entries) for kind, entries in store._kinds.items()}
    stranger = Visitor(visitor.client.application)
    for number in range(50):
        asked = {"iss": provider.issuer, "sid": f"guess-{number}"}
        assert stranger.get("/frontchannel_logout", query_string=asked).status_code == 200
    assert {kind: list(entries) for kind, entries in store._kinds.items()} == before
    assert visitor.get("/who").text == "nobody"
