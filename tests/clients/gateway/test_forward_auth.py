import pytest
from werkzeug.test import TestResponse

from tests.clients.gateway.conftest import MakeGateway
from tests.clients.loopback_provider import Clock, LoopbackProvider
from tests.clients.visitor import Visitor


@pytest.fixture
def visitor(make_gateway: MakeGateway) -> Visitor:
    return Visitor(make_gateway())


def ask(visitor: Visitor, uri: str) -> TestResponse:
    """What nginx asks before it answers."""
    return visitor.get("/auth", headers={"X-Original-URI": uri})


def test_a_public_page_is_open_to_strangers_and_says_nothing_of_them(visitor: Visitor) -> None:
    answer = ask(visitor, "/public/logo.svg")
    assert answer.status_code == 204
    assert not [name for name, _ in answer.headers if name.startswith("X-Tongxing-")]


def test_a_stranger_is_sent_to_log_in_and_comes_back_to_the_very_address(visitor: Visitor) -> None:
    assert ask(visitor, "/records?year=2026&month=1").status_code == 401
    assert visitor.get("/start?return_to=/records?year=2026&month=1").status_code == 303
    assert visitor.asked()["acr_values"] == "urn:tongxing:loa:2"
    assert visitor.asked()["redirect_uri"] == "http://localhost:5000/.tongxing/callback"
    back = visitor.get(visitor.way_back().removeprefix("/.tongxing"))
    assert back.headers["Location"] == "/records?year=2026&month=1"
    answer = ask(visitor, "/records?year=2026&month=1")
    assert answer.status_code == 204
    assert answer.headers["X-Tongxing-Subject"] == "pairwise-zhang"
    assert answer.headers["X-Tongxing-Level"] == "2"
    assert answer.headers["Cache-Control"] == "no-store"


def log_in(visitor: Visitor, path: str) -> TestResponse:
    assert visitor.get(f"/start?return_to={path}").status_code == 303
    return visitor.get(visitor.way_back().removeprefix("/.tongxing"))


def test_a_page_that_wants_more_asks_for_it_and_is_open_once_it_is_there(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    log_in(visitor, "/records")
    assert ask(visitor, "/withdraw/1").status_code == 401
    provider.id_token_claims["acr"] = "urn:tongxing:loa:3"
    log_in(visitor, "/withdraw/1")
    assert ask(visitor, "/withdraw/1").status_code == 204


def test_a_login_that_got_too_old_is_asked_for_again(
    visitor: Visitor, provider: LoopbackProvider, clock: Clock
) -> None:
    provider.id_token_claims["acr"] = "urn:tongxing:loa:3"
    log_in(visitor, "/withdraw/1")
    clock.time += 400
    assert ask(visitor, "/withdraw/1").status_code == 401
    assert ask(visitor, "/records").status_code == 204
    visitor.get("/start?return_to=/withdraw/1")
    assert visitor.asked()["max_age"] == "300"


def test_a_level_that_was_not_reached_ends_in_words_and_not_in_a_circle(visitor: Visitor) -> None:
    log_in(visitor, "/withdraw/1")
    assert ask(visitor, "/withdraw/1").status_code == 403
    page = visitor.get("/start?return_to=/withdraw/1")
    assert page.status_code == 403
    assert 'data-error="step_up_not_reached"' in page.text
    assert "还没有达到所需的等级" in page.text


def test_a_mandate_that_does_not_cover_the_page_ends_in_words(
    visitor: Visitor, provider: LoopbackProvider
) -> None:
    provider.id_token_claims["act"] = {"sub": "handler"}
    log_in(visitor, "/estate")
    # For this page they may choose for whom to act once more.
    assert ask(visitor, "/estate").status_code == 401
    log_in(visitor, "/estate")
    assert ask(visitor, "/estate").status_code == 403
    assert 'data-error="mandate_missing"' in visitor.get("/start?return_to=/estate").text


@pytest.mark.parametrize(
    "uri", ["", "/public/../records", "/public/%2e%2e/records", "/public/..;/records", "records"]
)
def test_what_no_rule_can_judge_is_closed_also_to_people_who_are_logged_in(
    visitor: Visitor, uri: str
) -> None:
    log_in(visitor, "/records")
    assert ask(visitor, uri).status_code == 403
    page = visitor.get(f"/start?return_to={uri}")
    assert (page.status_code, 'data-error="no_rule"' in page.text) == (403, True)


def test_what_the_site_itself_keeps_closed_ends_in_words_and_not_in_a_circle(visitor: Visitor) -> None:
    """A folder without an index: the gateway let it pass, nginx says 403, and a login would change nothing."""
    page = visitor.get("/start?refused&return_to=/public/folder/")
    assert (page.status_code, 'data-error="no_rule"' in page.text) == (403, True)
    # What a login does change is asked for all the same; an address of the site's own cannot say it for nginx.
    assert visitor.get("/start?refused&return_to=/records").status_code == 303
    assert visitor.get("/start?return_to=/public/?refused").headers["Location"] == "/public/?refused"


def test_a_request_without_the_original_address_is_closed(visitor: Visitor) -> None:
    log_in(visitor, "/records")
    assert visitor.get("/auth").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil"],
)
def test_the_way_back_never_leads_to_another_site(visitor: Visitor, address: str) -> None:
    page = visitor.get(f"/start?return_to={address}")
    assert page.status_code == 403
    assert "Location" not in page.headers


def test_what_a_browser_says_of_itself_in_these_headers_is_not_repeated(visitor: Visitor) -> None:
    answer = visitor.get(
        "/auth",
        headers={"X-Original-URI": "/public/x", "X-Tongxing-Subject": "root", "X-Tongxing-Level": "4"},
    )
    assert "X-Tongxing-Subject" not in answer.headers


def test_logging_out_ends_it_here_and_at_the_provider(visitor: Visitor, provider: LoopbackProvider) -> None:
    log_in(visitor, "/records")
    visitor.get("/logout")
    assert visitor.location.startswith(f"{provider.issuer}/end_session?")
    assert visitor.asked()["post_logout_redirect_uri"] == "http://localhost:5000/.tongxing/"
    assert ask(visitor, "/records").status_code == 401
    assert "您已退出登录" in visitor.get("/").text


def test_pages_lead_back_to_where_browsers_reach_the_gateway(visitor: Visitor) -> None:
    page = visitor.get("/callback?state=unknown&code=x")
    assert 'href="/.tongxing/login"' in page.text
    assert 'href="/.tongxing/static/gateway.css"' in page.text
