import json
from urllib.parse import parse_qs, urlsplit

from tests.clients.loopback_provider import LoopbackProvider
from tongxing_client import authorization_request, discovery


def _parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_plain_request(provider: LoopbackProvider) -> None:
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    request = authorization_request.begin("http://localhost:5000/callback")
    asked = authorization_request.parameters(request, "rp", scope="openid profile")
    url = authorization_request.url(metadata, asked)
    assert url.startswith(f"{provider.issuer}/authorize?")
    assert _parameters(url) == {
        "response_type": "code",
        "client_id": "rp",
        "redirect_uri": "http://localhost:5000/callback",
        "scope": "openid profile",
        "state": request.state,
        "nonce": request.nonce,
        "code_challenge": authorization_request.code_challenge(request.code_verifier),
        "code_challenge_method": "S256",
    }


def test_everything_that_can_be_asked(provider: LoopbackProvider) -> None:
    provider.metadata_changes["authorization_endpoint"] = f"{provider.issuer}/authorize?tenant=1"
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    request = authorization_request.begin(
        "http://localhost:5000/callback",
        acr_values=("urn:tongxing:loa:3", "urn:tongxing:loa:2"),
        essential_acr=True,
        max_age=0,
    )
    parameters = authorization_request.parameters(
        request,
        "rp",
        scope="openid",
        prompt="login",
        ui_locales="zh-CN",
        login_hint="zhangwei",
        claims={"id_token": {"amr": None}, "userinfo": {"name": {"essential": True}}},
    )
    asked = _parameters(authorization_request.url(metadata, parameters))
    assert asked["tenant"] == "1"
    assert asked["acr_values"] == "urn:tongxing:loa:3 urn:tongxing:loa:2"
    assert (asked["max_age"], asked["prompt"], asked["ui_locales"]) == ("0", "login", "zh-CN")
    assert asked["login_hint"] == "zhangwei"
    assert json.loads(asked["claims"]) == {
        "id_token": {
            "amr": None,
            "acr": {"essential": True, "values": ["urn:tongxing:loa:3", "urn:tongxing:loa:2"]},
        },
        "userinfo": {"name": {"essential": True}},
    }


def test_no_two_requests_are_alike() -> None:
    requests = [authorization_request.begin("http://localhost/callback") for _ in range(50)]
    for name in ("state", "nonce", "code_verifier"):
        values = {getattr(request, name) for request in requests}
        assert len(values) == 50
        assert all(len(value) >= 43 for value in values)


def test_the_challenge_is_the_one_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert authorization_request.code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_it_survives_the_store() -> None:
    request = authorization_request.begin(
        "http://localhost/callback", acr_values=["a", "b"], max_age=60, return_to="/深?x=1"
    )
    assert authorization_request.AuthorizationRequest.from_json(request.to_json()) == request
