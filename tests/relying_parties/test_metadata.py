import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp.relying_parties import metadata
from idp.relying_parties.metadata import InvalidMetadata
from idp.relying_parties.metadata_fields import AUTH_METHODS, FIELDS, FROM_AN_ANSWER, LOCALIZED, NOT_SUPPORTED
from idp.relying_parties.relying_party import RelyingParty
from tests.relying_parties.documents import SECRET, web

JWKS = {"keys": [dict(ECKey.generate_key("P-256").as_dict(private=False))]}


def parse(document: object, *, sandbox: bool = False) -> RelyingParty:
    return metadata.parse(document, sandbox=sandbox).relying_party


def problems(document: object, *, sandbox: bool = False) -> list[str]:
    try:
        metadata.parse(document, sandbox=sandbox)
    except InvalidMetadata as error:
        return [str(problem) for problem in error.problems]
    return []


def test_the_least_that_rfc_7591_allows_is_enough() -> None:
    rp = parse({"client_id": "a", "client_secret": SECRET, "redirect_uris": ["https://a.example/cb"]})
    assert rp.client_name.text("en") == "a"
    assert (rp.grant_types, rp.response_types) == (("authorization_code",), ("code",))
    assert (rp.scope, rp.token_endpoint_auth_method) == (("openid",), "client_secret_basic")
    assert (rp.subject_type, rp.id_token_signed_response_alg) == ("pairwise", "ES256")
    assert (rp.require_pkce, rp.legal_basis) == (True, "consent")


def test_everything_that_can_be_said_is_held() -> None:
    said = web(
        organization_uscc="91330106MA28FAKE9N",
        item_codes=["330106-0042"],
        legal_basis="statutory_duty",
        items=[{"name": "phone_number", "required": False, "legal_basis": "consent"}],
        policy_version="2026-07",
        policy_digest=f"sha-256:{'0a' * 32}",
        data_storage_location="CN-ZJ",
        data_retention="P3Y",
        data_jurisdiction="HK",
        application_type="web",
        post_logout_redirect_uris=["https://fund.example.cn/bye"],
        response_types=["code"],
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        scope="openid profile phone offline_access",
        token_endpoint_auth_method="client_secret_post",
        token_endpoint_auth_signing_alg="ES256",
        jwks=JWKS,
        subject_type="public",
        sector_identifier_uri="https://sector.example.cn/uris.json",
        id_token_signed_response_alg="RS256",
        default_max_age=600,
        default_acr_values=["urn:tongxing:loa:3", "urn:tongxing:loa:2"],
        minimum_acr="urn:tongxing:loa:2",
        acting_as=["self", "enterprise"],
        authorization_details_types=["urn:tongxing:mandate"],
        require_auth_time=True,
        require_pkce=False,
        request_object_signing_alg="ES256",
        require_signed_request_object=True,
        require_pushed_authorization_requests=True,
        backchannel_logout_uri="https://fund.example.cn/backchannel",
        backchannel_logout_session_required=True,
        frontchannel_logout_uri="https://fund.example.cn/frontchannel",
        frontchannel_logout_session_required=True,
        security_event_uris=["https://fund.example.cn/events"],
        initiate_login_uri="https://fund.example.cn/login",
        account_linking_uri="https://fund.example.cn/link",
        account_check_uri="https://fund.example.cn/check",
        account_check_question="卡背面的三位数字",
        client_uri="https://fund.example.cn/",
        logo_uri="/static/fund.svg",
        policy_uri="https://fund.example.cn/privacy",
        tos_uri="https://fund.example.cn/terms",
        contacts=["ops@fund.example.cn"],
        software_id="fund",
        software_version="3.1",
    )
    assert set(said) >= set(FIELDS) | set(LOCALIZED)
    rp = parse(said)
    for name in FIELDS:
        if name not in {"jwks", "scope", "items", "minimum_acr"}:
            held = getattr(rp, name)
            assert (list(held) if isinstance(held, tuple) else held) == said[name], name
    assert rp.minimum_acr == 2
    assert rp.sector == "sector.example.cn"
    assert rp.purpose.text("en") == "To serve you"
    assert rp.client_name.text("zh_Hans") == "住房公积金"


def test_the_secret_is_kept_apart_and_never_shown() -> None:
    parsed = metadata.parse(web(), sandbox=False)
    assert parsed.secret == SECRET
    assert "client_secret" not in parsed.given
    assert SECRET not in repr(parsed)


def test_keys_without_a_secret_mean_private_key_jwt() -> None:
    rp = parse(web(client_secret=None, jwks=JWKS))
    assert rp.token_endpoint_auth_method == "private_key_jwt"
    assert rp.jwks is not None
    assert parse(web(jwks=JWKS)).token_endpoint_auth_method == "client_secret_basic"
    both = metadata.parse(web(jwks=JWKS), sandbox=False)
    assert parse(both.given).token_endpoint_auth_method == "client_secret_basic"


def test_null_is_the_same_as_nothing() -> None:
    assert parse(web() | {"scope": None, "jwks": None, "foo": None}) == parse(web())


def test_unknown_fields_are_ignored_with_a_warning() -> None:
    parsed = metadata.parse(web(favourite_colour="red"), sandbox=False)
    assert [str(warning) for warning in parsed.warnings] == ["favourite_colour: unknown, ignored"]
    assert "favourite_colour" not in parsed.given


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("redirect_uri", "redirect_uris"),
        ("backchannel_logout_url", "backchannel_logout_uri"),
        ("require_pcke", "require_pkce"),
        ("clientsecret", "client_secret"),
        ("scope#en", "scope"),
        ("client_name#e n", "client_name"),
    ],
)
def test_a_slip_of_the_pen_is_an_error(name: str, meant: str) -> None:
    assert f"{name}: unknown; did you mean {meant}?" in problems(web() | {name: "x"})


@pytest.mark.parametrize("name", sorted(NOT_SUPPORTED))
def test_what_is_not_supported_is_refused_rather_than_forgotten(name: str) -> None:
    assert problems(web() | {name: "x"}) == [f"{name}: {NOT_SUPPORTED[name]}"]
    nothing: list[object] = [False, "none", [], None]
    assert all(problems(web() | {name: value}) == [] for value in nothing)


def test_a_pasted_registration_answer_is_accepted() -> None:
    assert problems(web() | dict.fromkeys(FROM_AN_ANSWER, 0)) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"client_id": None}, "client_id: is missing"),
        ({"client_id": ""}, "client_id: must not be empty or begin or end with a space"),
        ({"client_id": "a b"}, "client_id: must be letters, digits, dot, hyphen and underscore"),
        ({"client_id": "a" * 129}, "client_id: longer than 128 characters"),
        ({"client_name": "a\x00"}, "client_name: contains control or invisible characters"),
        ({"client_name#en": 5}, "client_name#en: must be a text"),
        ({"division_code": "33"}, "division_code: must be a division code of 6, 9 or 12 digits"),
        ({"organization_uscc": "x"}, "organization_uscc: must be an 18-character unified social credit code"),
        ({"legal_basis": "because"}, "legal_basis: must be consent or statutory_duty"),
        ({"redirect_uris": None}, "redirect_uris: needs at least one address"),
        ({"redirect_uris": []}, "redirect_uris: needs at least one address"),
        ({"redirect_uris": "https://a.example/"}, "redirect_uris: must be a list"),
        ({"redirect_uris": [None]}, "redirect_uris[0]: must be an address"),
        ({"redirect_uris": ["https://a.example/", "http://a.example/"]},
         "redirect_uris[1]: plain http is accepted for loopback in the sandbox only; use https"),
        ({"redirect_uris": ["https://a.example/", "https://b.example/"]},
         "sector_identifier_uri: is missing: redirect_uris has several hosts, subject_type is pairwise"),
        ({"post_logout_redirect_uris": ["javascript:alert(1)"]},
         "post_logout_redirect_uris[0]: must begin with https://"),
        ({"backchannel_logout_uri": "http://fund.example.cn/"},
         "backchannel_logout_uri: plain http is accepted for loopback in the sandbox only; use https"),
        ({"frontchannel_logout_uri": "https://other.example/"},
         "frontchannel_logout_uri: must have the scheme, host and port of one of the redirect_uris"),
        ({"policy_uri#en": "javascript:alert(1)"}, "policy_uri#en: must begin with https://"),
        ({"logo_uri": "data:image/png,x"}, "logo_uri: must begin with https://"),
        ({"response_types": ["token"]}, "response_types[0]: must be code"),
        ({"response_types": ["code id_token"]}, "response_types[0]: must be code"),
        ({"response_types": []},
         "response_types: must contain code, because grant_types contains authorization_code"),
        ({"grant_types": []}, "grant_types: must not be empty"),
        ({"grant_types": ["implicit"]},
         "grant_types[0]: must be authorization_code or refresh_token or client_credentials"),
        ({"grant_types": ["refresh_token"]}, "grant_types: refresh_token needs authorization_code beside it"),
        ({"grant_types": ["client_credentials"], "response_types": ["code"]},
         "response_types: must be empty without authorization_code in grant_types"),
        ({"token_endpoint_auth_method": "client_secret_jwt"},
         f"token_endpoint_auth_method: must be {' or '.join(AUTH_METHODS)}"),
        ({"token_endpoint_auth_method": "none"}, "client_secret: is not used by none; leave it out"),
        ({"token_endpoint_auth_method": "none", "client_secret": None, "require_pkce": False},
         "require_pkce: public clients always need PKCE (RFC 9700 §2.1.1)"),
        ({"token_endpoint_auth_method": "none", "client_secret": None,
          "grant_types": ["authorization_code", "client_credentials"]},
         "grant_types: client_credentials needs a client that authenticates (RFC 6749 §4.4)"),
        ({"token_endpoint_auth_method": "private_key_jwt", "client_secret": None},
         "jwks: is missing: private_key_jwt needs the public keys"),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": JWKS},
         "client_secret: is not used by private_key_jwt; leave it out"),
        ({"jwks": JWKS, "client_secret": None, "token_endpoint_auth_signing_alg": "RS256"},
         "token_endpoint_auth_signing_alg: no key of jwks can verify RS256"),
        ({"jwks": JWKS, "request_object_signing_alg": "RS256"},
         "request_object_signing_alg: no key of jwks can verify RS256"),
        ({"request_object_signing_alg": "ES256"},
         "jwks: is missing: signed request objects need the public keys"),
        ({"require_signed_request_object": True},
         "jwks: is missing: signed request objects need the public keys"),
        ({"jwks": JWKS, "request_object_signing_alg": "none"},
         "request_object_signing_alg: must be ES256 or RS256 or PS256 or EdDSA"),
        ({"require_pushed_authorization_requests": "yes"},
         "require_pushed_authorization_requests: must be true or false"),
        ({"token_endpoint_auth_signing_alg": "HS256"},
         "token_endpoint_auth_signing_alg: must be ES256 or RS256 or PS256 or EdDSA"),
        ({"id_token_signed_response_alg": "HS256"},
         "id_token_signed_response_alg: must be ES256 or RS256 or PS256 or EdDSA"),
        ({"id_token_signed_response_alg": "none"},
         "id_token_signed_response_alg: must be ES256 or RS256 or PS256 or EdDSA"),
        ({"require_pkce": "false"}, "require_pkce: must be true or false"),
        ({"items": [{"name": "name"}, {"name": "name", "required": True}]}, "items: name is there twice"),
        ({"client_secret": "short"}, f"client_secret: {metadata.SECRET_RULE}"),
        ({"client_secret": 5}, f"client_secret: {metadata.SECRET_RULE}"),
        ({"client_secret": "密" * 40}, f"client_secret: {metadata.SECRET_RULE}"),
        ({"client_secret": "ab" * 20}, f"client_secret: {metadata.GUESSABLE}"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problems(web(**{"client_name#zh-Hans": "名"}) | changes) == [problem]


def test_all_problems_are_reported_at_once() -> None:
    found = problems({"redirect_uris": ["http://x/", 5], "scope": [], "jwks": 1, "require_pkce": 0})
    assert len(found) == 5


def test_problems_of_redirect_uris_alone_have_their_own_code() -> None:
    with pytest.raises(InvalidMetadata) as caught:
        parse(web(redirect_uris=["x"]))
    assert caught.value.code == "invalid_redirect_uri"
    with pytest.raises(InvalidMetadata) as caught:
        parse(web(redirect_uris=["x"], scope=1))
    assert caught.value.code == "invalid_client_metadata"


@pytest.mark.parametrize("document", [None, [], "x", 5, True, [[]]])
def test_anything_but_an_object_is_refused(document: object) -> None:
    assert problems(document) == ["must be a JSON object"]


def test_a_document_of_endless_fields_is_refused() -> None:
    assert problems({f"x{number}": 1 for number in range(201)}) == ["has more than 200 fields"]


def test_native_apps_need_a_sector_of_their_own() -> None:
    app = web(
        application_type="native", token_endpoint_auth_method="none", client_secret=None,
        redirect_uris=["http://127.0.0.1/cb"],
    )  # fmt: skip
    assert problems(app) == [
        "sector_identifier_uri: is missing: no host in redirect_uris tells this service from others"
    ]
    assert problems(app, sandbox=True) == []
    app["redirect_uris"] = ["cn.example.app:/cb"]
    assert len(problems(app, sandbox=True)) == 1
    assert problems(app | {"sector_identifier_uri": "https://app.example.cn/"}) == []


def test_a_machine_needs_neither_addresses_nor_a_sector() -> None:
    rp = parse(
        {
            "client_id": "m",
            "client_secret": SECRET,
            "grant_types": ["client_credentials"],
            "scope": "registry:read",
        }
    )
    assert (rp.sector, rp.response_types) == ("", ())


def test_what_hardly_can_be_meant_is_warned_about() -> None:
    parsed = metadata.parse(
        web(scope="openid offline_access", purpose=None, organization_name=None, **{"purpose#en": None}),
        sandbox=False,
    )
    assert [warning.field for warning in parsed.warnings] == ["scope", "purpose", "organization_name"]


def test_the_documentation_has_every_field_and_no_other() -> None:
    page = Path("docs/relying-parties.md").read_text(encoding="utf-8")
    rows = {
        line.split("`")[1]
        for line in page.splitlines()
        if line.startswith("| `") and not line.startswith("| `idp ")
    }
    assert set(FIELDS) | set(LOCALIZED) | {"client_secret"} <= rows
    assert set(NOT_SUPPORTED) <= rows
    assert rows <= set(FIELDS) | set(LOCALIZED) | set(NOT_SUPPORTED) | {"client_secret"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*FIELDS, *LOCALIZED, *NOT_SUPPORTED, "client_secret", "client_name#en"]) | st.text(
    max_size=12
)
KEYS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"), JSON)
)
VALUES = JSON | st.fixed_dictionaries({"keys": st.lists(KEYS | st.just(JWKS["keys"][0]), max_size=3)})


@settings(max_examples=300, deadline=None)
@given(document=st.dictionaries(NAMES, VALUES, max_size=12) | JSON, sandbox=st.booleans())
def test_whatever_comes_is_read_or_refused_in_printable_words(*, document: object, sandbox: bool) -> None:
    for problem in problems(document, sandbox=sandbox):
        assert problem.isprintable()
        problem.encode()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, *LOCALIZED]), VALUES, max_size=3))
def test_what_is_accepted_survives_being_stored(changes: dict[str, Any]) -> None:
    try:
        parsed = metadata.parse(web(**changes), sandbox=False)
    except InvalidMetadata:
        return
    stored = json.loads(json.dumps(parsed.given, ensure_ascii=False).encode())
    assert metadata.parse(stored, sandbox=False).relying_party == parsed.relying_party


def test_a_check_of_older_accounts_says_what_it_asks() -> None:
    check = "https://fund.example.cn/check"
    assert parse(web(account_check_uri=check, account_check_question="x")).account_check_uri == check
    with pytest.raises(metadata.InvalidMetadata, match="account_check_question: is missing"):
        parse(web(account_check_uri=check))
    for name in ("account_linking_uri", "account_check_uri"):
        with pytest.raises(metadata.InvalidMetadata, match=name):
            parse(web(**{name: "http://fund.example.cn/x"}, account_check_question="x"))
