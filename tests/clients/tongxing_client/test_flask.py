from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import flask
import pytest
from werkzeug.test import TestResponse

from tests.clients.loopback_provider import Clock, LoopbackProvider, Reply
from tests.clients.tongxing_client.conftest import LEVEL_3, SITE
from tests.clients.visitor import Visitor
from tongxing_client import error_page, errors


def _cookies(response: TestResponse) -> list[str]:
    return response.headers.getlist("Set-Cookie")


def _error(response: TestResponse) -> str:
    return response.text.split('data-error="')[1].split('"')[0]


# ------------------------------------------------------------------------------------------------- logging in


def test_logging_in_and_being_known(visitor: Visitor) -> None:
    assert visitor.get("/who").text == "nobody"
    back = visitor.log_in()
    assert (back.status_code, back.headers["Location"]) == (303, "/")
    assert visitor.get("/records").text == "张伟"
    assert visitor.get("/who").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in visitor.get("/plain").headers


def test_a_page_behind_the_login_is_reached_again_with_its_query(visitor: Visitor) -> None:
    back = visitor.log_in("/records?year=2026&q=%E5%BC%A0")
    assert back.headers["Location"] == "/records?year=2026&q=%E5%BC%A0"


def test_a_login_that_the_provider_begins_ends_at_the_page_it_was_meant_for(visitor: Visitor) -> None:
    """OpenID Connect Core §4: ``iss`` and ``target_link_uri``."""
    issuer = quote(visitor.client.application.extensions["tongxing"].party.issuer, safe="")
    asked = f"/login?iss={issuer}&target_link_uri={quote(SITE + '/records?x=1', safe='')}"
    assert visitor.log_in(asked).headers["Location"] == "/records?x=1"


def test_a_login_that_somebody_else_begins_is_refused_and_goes_nowhere_else(visitor: Visitor) -> None:
    refused = visitor.get("/login?iss=https%3A%2F%2Fother.example&target_link_uri=https%3A%2F%2Fevil.cn%2F")
    assert refused.status_code == 400
    back = visitor.log_in("/login?target_link_uri=https%3A%2F%2Fevil.cn%2F")
    assert back.headers["Location"] == "/"


def test_a_form_behind_the_login_leads_to_the_start_page(visitor: Visitor) -> None:
    visitor.location = visitor.client.post("/records").headers["Location"]
    assert visitor.get(visitor.way_back()).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/records?x=1", "/records?x=1"),
        ("https://evil.cn/", "/"),
        ("//evil.cn", "/"),
        ("/\\evil.cn", "/"),
        ("/%09/evil.cn", "/%09/evil.cn"),
        ("\t//evil.cn", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_never_leaves_the_site(visitor: Visitor, asked: str, reached: str) -> None:
    response = visitor.get("/login", query_string={"return_to": asked})
    assert response.status_code == 303
    assert visitor.get(visitor.way_back()).headers["Location"] == reached


def test_the_session_id_changes_at_each_login(visitor: Visitor) -> None:
    first = next(c for c in _cookies(visitor.log_in()) if c.startswith("tongxing_rp="))
    again = next(c for c in _cookies(visitor.log_in()) if c.startswith("tongxing_rp="))
    assert first != again
    old = Visitor(visitor.client.application)
    old.client.set_cookie("tongxing_rp", first.partition("=")[2].partition(";")[0])
    assert old.get("/who").text == "nobody"


def test_a_planted_session_id_is_not_taken_over(visitor: Visitor) -> None:
    visitor.client.set_cookie("tongxing_rp", "planted")
    visitor.log_in()
    other = Visitor(visitor.client.application)
    other.client.set_cookie("tongxing_rp", "planted")
    assert other.get("/who").text == "nobody"


def test_the_cookies_are_closed(visitor: Visitor, make_app: Callable[..., flask.Flask]) -> None:
    visitor.get("/login")
    for cookie in [*_cookies(visitor.get("/login")), *_cookies(visitor.log_in())]:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    secure = Visitor(make_app(site_url="https://fund.example.cn"))
    begun = secure.get("/login", base_url="https://fund.example.cn")
    assert _cookies(begun)[0].startswith("__Host-tongxing_rp_login=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in _cookies(begun)[0]
    assert secure.asked()["redirect_uri"] == "https://fund.example.cn/callback"


def test_the_language_of_the_site_is_asked_for(make_app: Callable[..., flask.Flask]) -> None:
    visitor = Visitor(make_app(ui_locales=lambda: "en"))
    visitor.get("/login")
    assert visitor.asked()["ui_locales"] == "en"


# ----------------------------------------------------------------------------------------------- the callback


@pytest.mark.parametrize("query", ["", "?state=", "?state=guess&code=c", "?error=access_denied", "?code=c"])
def test_an_answer_nobody_asked_for_is_refused(
    visitor: Visitor, provider: LoopbackProvider, query: str
) -> None:
    response = visitor.get(f"/callback{query}")
    assert (response.status_code, _error(response)) == (400, "state_unknown")
    assert provider.count("/token") == 0


def test_a_state_is_good_once(visitor: Visitor) -> None:
    visitor.get("/login")
    back = visitor.way_back()
    assert visitor.get(back).status_code == 303
    again = visitor.get(back)
    assert (again.status_code, _error(again)) == (400, "state_unknown")
    assert visitor.get("/who").text == "pairwise-zhang"


def test_an_answer_belongs_to_the_browser_that_asked(visitor: Visitor) -> None:
    attacker = Visitor(visitor.client.application)
    attacker.get("/login")
    back = attacker.way_back()
    visitor.get("/login")
    assert _error(visitor.get(back)) == "state_unknown"
    assert visitor.get("/who").text == "nobody"


def test_two_tabs_can_log_in_side_by_side(visitor: Visitor) -> None:
    visitor.get("/login?return_to=/a")
    first = visitor.way_back()
    visitor.get("/login?return_to=/b")
    second = visitor.way_back()
    assert visitor.get(first).headers["Location"] == "/a"
    assert visitor.get(second).headers["Location"] == "/b"


def test_a_repeated_parameter_is_refused(visitor: Visitor) -> None:
    visitor.get("/login")
    assert _error(visitor.get(visitor.way_back() + "&code=another")) == "callback_refused"


def test_a_refusal_is_told_in_plain_words(visitor: Visitor, provider: LoopbackProvider) -> None:
    provider.authorize_error = {"error": "access_denied", "error_description": "secret detail"}
    response = visitor.log_in()
    assert (response.status_code, _error(response)) == (403, "access_denied")
    assert "您没有同意登录" in response.text
    assert "You did not agree" in response.text
    assert "secret detail" not in response.text


def test_a_forged_id_token_logs_nobody_in(visitor: Visitor, provider: LoopbackProvider) -> None:
    provider.id_token_claims = {"nonce": "forged"}
    response = visitor.log_in()
    assert (response.status_code, _error(response)) == (400, "id_token_invalid")
    assert visitor.get("/who").text == "nobody"


def test_the_detail_is_in_the_log_under_the_reference(
    visitor: Visitor, provider: LoopbackProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.id_token_claims = {"nonce": "forged"}
    page = visitor.log_in().text
    reference = page.split('data-trace="')[1].split('"')[0]
    logged = next(record.getMessage() for record in caplog.records if reference in record.getMessage())
    assert "nonce" in logged
    assert "forged" not in logged


# ---------------------------------------------------------------------------------------------- the provider


@pytest.mark.parametrize("reply", [Reply(503), Reply(200, b"garbage"), Reply(200, b"x" * 600_000)])
def test_a_provider_out_of_reach_gives_a_page_and_recovers(
    visitor: Visitor, provider: LoopbackProvider, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.replies["/.well-known/openid-configuration"] = lambda _: reply
    response = visitor.get("/login")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "暂时无法使用" in response.text
    assert "unavailable" in response.text
    assert "Traceback" not in response.text
    provider.replies.clear()
    metadata = visitor.client.application.extensions["tongxing"].party._metadata
    monkeypatch.setattr(metadata, "_pause_seconds", 0)
    assert visitor.log_in().status_code == 303


def test_a_provider_that_dies_in_the_middle_gives_the_same_page(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    visitor.get("/records")
    back = visitor.way_back()
    provider.replies["/token"] = lambda _: Reply(500)
    assert visitor.get(back).status_code == 503
    assert visitor.get("/who").text == "nobody"


def test_a_site_can_dress_the_page_itself(make_app: Callable[..., flask.Flask]) -> None:
    def show(problem: error_page.Problem) -> str:
        return f"own page: {problem.code}"

    response = Visitor(make_app(show_problem=show)).get("/callback")
    assert (response.status_code, response.text) == (400, "own page: state_unknown")


# ------------------------------------------------------------------------------------------------- stepping up


def test_a_level_is_asked_for_and_reached(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    assert visitor.get("/high").status_code == 303
    assert visitor.asked()["acr_values"] == LEVEL_3
    provider.id_token_claims = {"acr": "urn:tongxing:loa:4"}
    assert visitor.get(visitor.way_back()).headers["Location"] == "/high"
    assert visitor.get("/high").text == "high"


def test_a_level_not_reached_does_not_send_the_person_in_circles(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    assert visitor.log_in("/high").headers["Location"] == "/high"
    response = visitor.get("/high")
    assert (response.status_code, _error(response)) == (403, "step_up_not_reached")
    assert visitor.get("/records").text == "张伟"
    provider.id_token_claims = {"acr": LEVEL_3}
    visitor.log_in()
    assert visitor.get("/high").text == "high"


def test_a_level_can_be_asked_for_by_the_address(visitor: Visitor) -> None:
    visitor.get("/login?acr=urn:tongxing:loa:3%20urn:tongxing:loa:2")
    assert visitor.asked()["acr_values"] == f"{LEVEL_3} urn:tongxing:loa:2"


@pytest.mark.parametrize("acr", ["x" * 300, "等级", "a\x00b"])
def test_a_level_out_of_shape_is_refused(visitor: Visitor, acr: str) -> None:
    assert visitor.get("/login", query_string={"acr": acr}).status_code == 400


def test_a_fresh_login_is_asked_for_when_the_last_is_old(visitor: Visitor, clock: Clock) -> None:
    visitor.log_in()
    assert visitor.get("/fresh").text == "fresh"
    clock.time += 331
    assert visitor.get("/fresh").status_code == 303
    assert visitor.asked()["max_age"] == "300"
    assert visitor.get(visitor.way_back()).headers["Location"] == "/fresh"
    assert visitor.get("/fresh").text == "fresh"


def test_a_provider_that_ignores_max_age_is_not_believed(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    provider.id_token_claims = {"auth_time": int(clock.now()) - 4000}
    assert _error(visitor.log_in("/fresh")) == "id_token_invalid"


# ------------------------------------------------------------------------------------------------- logging out


def test_logging_out_ends_it_here_and_at_the_provider(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.log_in()
    response = visitor.get("/logout")
    assert response.status_code == 303
    assert visitor.location.startswith(f"{provider.issuer}/end_session?")
    asked = visitor.asked()
    assert asked["id_token_hint"].count(".") == 2
    assert (asked["client_id"], asked["post_logout_redirect_uri"]) == ("rp", f"{SITE}/")
    assert "Max-Age=0" in _cookies(response)[0]
    assert visitor.get("/who").text == "nobody"


def test_the_cookie_of_an_ended_session_is_worth_nothing(visitor: Visitor) -> None:
    cookie = next(c for c in _cookies(visitor.log_in()) if c.startswith("tongxing_rp="))
    visitor.get("/logout")
    visitor.client.set_cookie("tongxing_rp", cookie.partition("=")[2].partition(";")[0])
    assert visitor.get("/who").text == "nobody"


def test_logging_out_without_a_session_still_asks_the_provider(visitor: Visitor) -> None:
    visitor.get("/logout")
    assert "id_token_hint" not in visitor.asked()
    assert visitor.asked()["client_id"] == "rp"


def test_a_provider_without_logout_leads_home(visitor: Visitor, provider: LoopbackProvider) -> None:
    document = provider.metadata()
    del document["end_session_endpoint"]
    provider.replies["/.well-known/openid-configuration"] = lambda _: Reply(
        200, flask.json.dumps(document).encode()
    )
    assert visitor.get("/logout").headers["Location"] == "/"


def test_logging_out_while_the_provider_is_down_still_ends_it_here(
    visitor: Visitor, provider: LoopbackProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.log_in()
    party = visitor.client.application.extensions["tongxing"].party

    def fail() -> None:
        raise errors.ProviderUnavailable("down")

    monkeypatch.setattr(party, "metadata", fail)
    assert visitor.get("/logout").status_code == 503
    assert visitor.get("/who").text == "nobody"


# ------------------------------------------------------------------------------------------ access tokens


def test_an_access_token_is_renewed_when_it_is_about_to_end(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    visitor.log_in()
    first = visitor.get("/call").text
    assert visitor.get("/call").text == first
    clock.time += 295
    second = visitor.get("/call").text
    assert second != first
    assert visitor.get("/call").text == second
    clock.time += 295
    provider.refresh_tokens.clear()
    response = visitor.get("/call")
    assert (response.status_code, _error(response)) == (401, "login_needed")
    assert visitor.get("/who").text == "nobody"


def test_without_a_refresh_token_a_new_login_is_needed(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    provider.token_changes = {"refresh_token": None}
    visitor.log_in()
    clock.time += 295
    assert visitor.get("/call").status_code == 401


def test_a_provider_that_gives_no_new_refresh_token_lets_us_keep_the_old(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    visitor.log_in()
    provider.token_changes = {"refresh_token": None, "expires_in": None}
    clock.time += 295
    token = visitor.get("/call").text
    clock.time += 3000
    assert visitor.get("/call").text == token


def test_nobody_has_an_access_token(visitor: Visitor) -> None:
    assert visitor.get("/call").status_code == 401


# ------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "changes", [{"client_secret": None}, {"client_secret": ""}, {"site_url": "http://fund.example.cn"}]
)
def test_settings_that_cannot_work_are_refused_at_once(
    make_app: Callable[..., flask.Flask], changes: dict[str, Any]
) -> None:
    with pytest.raises(errors.WrongSettings):
        make_app(**changes)
