import dataclasses
import json
from collections.abc import Callable

import flask
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from clients.sites import words
from clients.sites.city.definition import CITY
from clients.sites.county.definition import COUNTY
from clients.sites.definition import Definition, Records
from clients.sites.province.definition import PROVINCE
from tests.clients.loopback_provider import Clock, LoopbackProvider, Reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.clients.sites.conftest import DEFINITIONS, SITE
from tests.clients.visitor import Visitor
from tongxing_client import event_types, shared_signals
from tongxing_client.signing_key import SigningKey

Make = Callable[..., flask.Flask]
each_site = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.key)


@each_site
def test_the_public_page_says_what_it_is_and_offers_the_login(
    make_site: Make, definition: Definition
) -> None:
    page = Visitor(make_site(definition)).get("/")
    assert page.status_code == 200
    assert definition.name.zh in page.text
    assert definition.vouched_by.zh in page.text
    assert "/federation/explain?entity=http%3A%2F%2Flocalhost%3A5000" in page.text
    assert 'id="login" href="/login"' in page.text
    assert 'id="logout"' not in page.text


@each_site
def test_a_login_shows_who_how_when_and_what_was_received(
    make_site: Make, definition: Definition, clock: Clock
) -> None:
    visitor = Visitor(make_site(definition))
    assert visitor.log_in().headers["Location"] == "/records"
    clock.time += 42
    page = visitor.get("/records").text
    assert '<span id="name">张伟</span>' in page
    assert "密码 + 动态验证码" in page
    assert "两种要素" in page
    assert 'data-seconds="42"' in page
    assert "等级未给出" in page
    assert "沙箱演示数据" in page
    for claim in ("sub", "sid", "amr", "auth_time", "name", "iss"):
        assert f'data-claim="{claim}"' in page
    for other in DEFINITIONS:
        assert (f'data-site="{other.key}"' in page) is (other is not definition)
    assert 'id="name"' in visitor.get("/").text


def test_me_is_every_claim_received_or_401(make_site: Make) -> None:
    visitor = Visitor(make_site())
    nobody = visitor.get("/me")
    assert (nobody.status_code, nobody.get_json()["error"]) == (401, "login_needed")
    visitor.log_in()
    me = visitor.get("/me")
    assert me.status_code == 200
    assert (me.get_json()["sub"], me.get_json()["name"], me.get_json()["amr"]) == (
        "pairwise-zhang",
        "张伟",
        ["pwd", "otp", "mfa"],
    )
    assert me.headers["Cache-Control"] == "no-store"


def test_the_same_person_sees_the_same_records(make_site: Make) -> None:
    app = make_site()
    first, second = Visitor(app), Visitor(app)
    first.log_in()
    second.log_in()
    figures = [visitor.get("/records").text.split('<dl class="figures">')[1] for visitor in (first, second)]
    assert figures[0].split("</table>")[0] == figures[1].split("</table>")[0]


@each_site
def test_what_is_asked_for(make_site: Make, definition: Definition, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site(definition))
    visitor.get("/login?acr=urn:tongxing:loa:3&lang=en")
    asked = visitor.asked(provider)
    assert asked["scope"] == definition.scope
    assert asked["client_id"] == SITE
    assert (asked["acr_values"], asked["ui_locales"]) == ("urn:tongxing:loa:3", "en")


def test_a_level_is_shown_by_name_when_it_is_given(make_site: Make, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site())
    provider.id_token_claims = {"acr": "urn:tongxing:loa:2"}
    visitor.log_in()
    assert "L2 中级" in visitor.get("/records").text


def test_logging_out_leads_to_the_provider_and_ends_it_here(
    make_site: Make, provider: LoopbackProvider
) -> None:
    visitor = Visitor(make_site())
    visitor.log_in()
    visitor.get("/logout")
    assert visitor.location.startswith(f"{provider.issuer}/end_session")
    assert visitor.asked()["post_logout_redirect_uri"] == "http://localhost:5000/"
    assert visitor.get("/me").status_code == 401


def test_a_logout_elsewhere_ends_it_here(make_site: Make, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site())
    visitor.log_in()
    token = provider.logout_token(SITE)
    assert visitor.client.post("/backchannel_logout", data={"logout_token": token}).status_code == 200
    assert visitor.get("/me").status_code == 401


def test_a_withdrawal_wants_a_higher_level_and_a_fresh_login(
    make_site: Make, clock: Clock, provider: LoopbackProvider
) -> None:
    visitor = Visitor(make_site(CITY))
    provider.login["acr"] = "urn:tongxing:loa:2"
    visitor.log_in()
    assert visitor.get("/withdraw").status_code == 303
    assert visitor.asked(provider)["acr_values"] == "urn:tongxing:loa:3"
    provider.login["acr"] = "urn:tongxing:loa:3"
    visitor.get(visitor.way_back())
    assert "提取 ¥1,500.00" in visitor.get("/withdraw").text
    clock.time += 400
    assert visitor.get("/withdraw").status_code == 303
    assert visitor.asked(provider)["max_age"] == "300"
    assert visitor.get(visitor.way_back()).headers["Location"] == "/withdraw"
    assert "提取 ¥1,500.00" in visitor.get("/withdraw").text


def test_a_withdrawal_is_sent_from_our_own_page_only(make_site: Make, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site(CITY))
    provider.login["acr"] = "urn:tongxing:loa:3"
    visitor.log_in()
    for headers in ({}, {"Origin": "https://evil.cn"}, {"Origin": "null"}):
        assert visitor.client.post("/withdraw", headers=headers).status_code == 403
    done = visitor.client.post("/withdraw", headers={"Origin": "http://localhost:5000"})
    assert 'id="done"' in done.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "没有这个页面"),
        ("/backchannel_logout", 405, "请求无法处理"),
        ("/withdraw", 404, "没有"),
    ],
)
def test_a_wrong_address_gets_a_page(make_site: Make, path: str, status: int, words: str) -> None:
    response = Visitor(make_site()).get(path)
    assert response.status_code == status
    assert words in response.text
    assert 'data-error="http_' in response.text


def test_an_error_of_our_own_gets_a_page_and_no_trace(
    make_site: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Records:
        raise RuntimeError("internal detail")

    visitor = Visitor(make_site(dataclasses.replace(PROVINCE, records=broken)))
    visitor.log_in()
    response = visitor.get("/records")
    assert response.status_code == 500
    assert "internal detail" not in response.text
    assert "网站出了问题" in response.text
    assert "internal detail" in caplog.text


def test_a_provider_out_of_reach_gets_a_page_in_our_dress(
    make_site: Make, provider: LoopbackProvider
) -> None:
    provider.replies["/.well-known/openid-configuration"] = lambda _: Reply(503)
    response = Visitor(make_site()).get("/records")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "登录服务暂时无法使用" in response.text
    assert "Login is unavailable right now" in response.text
    assert 'href="/static/province.css"' in response.text


def test_nothing_comes_from_elsewhere_and_nothing_runs(make_site: Make, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site())
    visitor.log_in()
    page = visitor.get("/records")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'self'" in policy
    assert f"form-action 'self' {provider.issuer}; frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in page.text
    assert "style=" not in page.text
    framed = visitor.get("/frontchannel_logout")
    assert f"frame-ancestors {provider.issuer}" in framed.headers["Content-Security-Policy"]


def test_another_host_name_is_refused(make_site: Make) -> None:
    assert Visitor(make_site()).get("/", headers={"Host": "evil.cn"}).status_code == 400
    public = make_site(site_url="https://fund.example.cn")
    assert Visitor(public).get("/", headers={"Host": "localhost"}).status_code == 400
    assert Visitor(public).get("/", headers={"Host": "fund.example.cn"}).status_code == 200


def test_it_says_that_it_is_well(make_site: Make, provider: LoopbackProvider) -> None:
    assert Visitor(make_site()).get("/healthz").json == {"status": "ok"}
    assert provider.requests == []


@each_site
def test_it_states_itself_to_the_federation_with_its_own_key(
    make_site: Make, definition: Definition, new_key: Callable[[str], SigningKey]
) -> None:
    answer = Visitor(make_site(definition)).get("/.well-known/openid-federation")
    key = ECKey.import_key(dict(new_key("federation").public_jwk))
    said = jwt.decode(answer.text, key, algorithms=["ES256"]).claims
    assert said["sub"] == SITE
    assert [hint.rpartition("/")[2] for hint in said["authority_hints"]] == list(definition.superiors)
    metadata = said["metadata"]["openid_relying_party"]
    assert metadata["software_id"] == definition.software_id
    assert metadata["client_name#zh-Hans"] == definition.name.zh
    assert set(definition.metadata) <= set(metadata)
    assert "secret" not in answer.text


def test_a_site_that_is_suspended_says_so_in_its_own_dress(
    make_site: Make, provider: LoopbackProvider
) -> None:
    app = make_site(CITY)
    provider.clients.clear()
    refused = Visitor(app).get("/login")
    assert refused.status_code == 403
    assert 'data-error="site_refused"' in refused.text
    assert "本站暂时不能使用通行登录" in refused.text
    assert 'href="/static/city.css"' in refused.text


@each_site
def test_the_dress_is_served(make_site: Make, definition: Definition) -> None:
    visitor = Visitor(make_site(definition))
    for name in ("shared.css", f"{definition.key}.css", f"{definition.key}.svg"):
        with visitor.get(f"/static/{name}") as response:
            assert response.status_code == 200


def test_names_written_by_others_are_escaped(make_site: Make, provider: LoopbackProvider) -> None:
    provider.person["name"] = "<script>alert(1)</script>"
    visitor = Visitor(make_site())
    visitor.log_in()
    assert "<script>" not in visitor.get("/records").text


def test_acting_for_a_company_is_said_and_can_be_changed(make_site: Make, provider: LoopbackProvider) -> None:
    visitor = Visitor(make_site(COUNTY))
    provider.login["act"] = {"sub": "the-person"}
    visitor.log_in()
    page = visitor.get("/records").text
    assert 'id="acting"' in page
    assert 'href="/login?switch=1"' in page
    assert visitor.get("/login?switch=1").status_code == 303
    assert visitor.asked(provider)["prompt"] == "select_account"


def test_a_page_for_an_item_asks_for_a_mandate_that_covers_it(
    make_site: Make, provider: LoopbackProvider
) -> None:
    """RFC 9396: once; what comes back without it is refused here."""
    visitor = Visitor(make_site(COUNTY))
    provider.login["act"] = {"sub": "the-person"}
    covered = {"type": "urn:tongxing:mandate", "item_codes": ["estate-query"]}
    provider.token_changes["authorization_details"] = [covered]
    visitor.log_in()
    assert visitor.get("/query").status_code == 200
    assert visitor.get("/transfer").status_code == 303
    (wanted,) = json.loads(visitor.asked(provider)["authorization_details"])
    assert wanted == {"type": "urn:tongxing:mandate", "item_codes": ["estate-transfer"]}
    visitor.get(visitor.way_back())
    refused = visitor.get("/transfer")
    assert refused.status_code == 403
    assert 'data-error="mandate_missing"' in refused.text


def test_oneself_needs_no_mandate(make_site: Make) -> None:
    visitor = Visitor(make_site(COUNTY))
    visitor.log_in()
    assert visitor.get("/transfer").status_code == 200


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (event_types.SESSION_REVOKED, "session_revoked"),
        (event_types.ACCOUNT_DISABLED, "account_disabled"),
        (event_types.CONSENT_WITHDRAWN, "consent_withdrawn"),
        (event_types.DELETION_REQUESTED, "deletion_requested"),
    ],
)
def test_who_was_logged_out_by_the_provider_is_told_why(
    make_site: Make, transmitter: LoopbackTransmitter, event: str, reason: str
) -> None:
    visitor = Visitor(make_site())
    visitor.log_in()
    members = {"items": ["name", "phone_number"], "request_id": "r"}
    token = transmitter.token(event, members, client_id=SITE)
    stranger = visitor.client.application.test_client()
    pushed = stranger.post("/security_events", data=token, content_type="application/secevent+jwt")
    assert pushed.status_code == 202
    assert visitor.get("/me").status_code == 401
    assert f'data-reason="{reason}"' in visitor.get("/").text
    assert words.FAREWELLS[reason].en in visitor.get("/?lang=en").text
    assert 'id="farewell"' not in Visitor(visitor.client.application).get("/").text


def test_every_reason_has_its_words() -> None:
    assert set(shared_signals.FAREWELLS.values()) == set(words.FAREWELLS)
