"""Linking older accounts from the side of the system that has them."""

from typing import Any

import pytest

from tests.clients.loopback_provider import LoopbackProvider, json_reply
from tongxing_client import errors, relying_party

Party = relying_party.RelyingParty


@pytest.fixture
def linking(provider: LoopbackProvider) -> LoopbackProvider:
    """The provider, with its two endpoints."""
    for name, path in (("account_link_endpoint", "/link"), ("account_link_code_endpoint", "/code")):
        provider.metadata_changes[name] = f"{provider.issuer}{path}"
    back = {"return_uri": f"{provider.issuer}/account/linked/return?link_request=x"}
    provider.replies["/link"] = lambda _: json_reply(back)
    provider.replies["/code"] = lambda _: json_reply({"code": "K7M2P-Q9XTR", "expires_in": 60})
    return provider


def test_the_account_is_told_and_the_browser_sent_back(linking: LoopbackProvider, party: Party) -> None:
    back = party.account_links().answer("x", "卡-1")
    assert back == f"{linking.issuer}/account/linked/return?link_request=x"
    assert linking.requests[-1].form == {"link_request": "x", "legacy_id": "卡-1"}
    assert linking.requests[-1].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("back", [None, 7, "", "https://evil.example.cn/", "{issuer}.evil.example.cn/"])
def test_nobody_is_sent_anywhere_else(linking: LoopbackProvider, party: Party, back: Any) -> None:
    found = back.format(issuer=linking.issuer) if isinstance(back, str) else back
    linking.replies["/link"] = lambda _: json_reply({"return_uri": found})
    with pytest.raises(errors.BadProviderAnswer):
        party.account_links().answer("x", "A")


def test_a_code_is_asked_for_with_its_life(linking: LoopbackProvider, party: Party) -> None:
    given = party.account_links().issue_code("A", 3600)
    assert (given.code, given.seconds) == ("K7M2P-Q9XTR", 60)
    assert linking.requests[-1].form == {"legacy_id": "A", "expires_in": "3600"}
    assert "K7M2P" not in repr(given)
    party.account_links().issue_code("A")
    assert linking.requests[-1].form == {"legacy_id": "A"}


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"code": "x"}, {"code": "x", "expires_in": True}])
def test_a_code_that_is_none(linking: LoopbackProvider, party: Party, answer: dict[str, Any]) -> None:
    linking.replies["/code"] = lambda _: json_reply(answer)
    with pytest.raises(errors.BadProviderAnswer):
        party.account_links().issue_code("A")


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_a_refusal_is_told(linking: LoopbackProvider, party: Party, status: int) -> None:
    linking.replies["/link"] = lambda _: json_reply({"error": "no"}, status)
    with pytest.raises(errors.RequestRefused) as raised:
        party.account_links().answer("x", "A")
    assert (raised.value.http_status, raised.value.error) == (status, "no")


@pytest.mark.parametrize("endpoint", [None, "http://evil.example.cn/x", 7])
def test_a_provider_without_linking(linking: LoopbackProvider, party: Party, endpoint: object) -> None:
    linking.metadata_changes["account_link_endpoint"] = endpoint
    with pytest.raises(errors.BadProviderAnswer, match="account_link_endpoint"):
        party.account_links().answer("x", "A")


def question(provider: LoopbackProvider, typ: str | None = "account-check+jwt", **changes: Any) -> str:
    now = int(provider.clock.now())
    claims = {"iss": provider.issuer, "aud": "rp", "iat": now, "exp": now + 60, "jti": "j1"}
    claims |= {"account": "33010007", "answer": "314"} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return provider.sign(given, {} if typ is None else {"typ": typ})


def test_a_question_is_read_once(provider: LoopbackProvider, party: Party) -> None:
    seen: set[str] = set()

    def is_first_use(jti: str, seconds: float) -> bool:
        assert seconds >= 120
        is_new = jti not in seen
        seen.add(jti)
        return is_new

    token = question(provider)
    asked = party.check_account_question(token, is_first_use)
    assert (asked.account, asked.answer) == ("33010007", "314")
    assert "314" not in repr(asked)
    with pytest.raises(errors.AccountQuestionInvalid) as raised:
        party.check_account_question(token, is_first_use)
    assert raised.value.check == "jti"


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"typ": None}, "typ"),
        ({"typ": "logout+jwt"}, "typ"),
        ({"iss": "https://evil.example.cn"}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"exp": 1}, "exp"),
        ({"iat": 1}, "iat"),
        ({"jti": None}, "jti"),
        ({"account": ""}, "account"),
        ({"account": "x" * 256}, "account"),
        ({"account": ["x"]}, "account"),
        ({"answer": None}, "answer"),
        ({"answer": "a\0b"}, "answer"),
    ],
)
def test_what_is_no_question_for_us_is_refused(
    provider: LoopbackProvider, party: Party, changes: dict[str, Any], check: str
) -> None:
    with pytest.raises(errors.AccountQuestionInvalid) as raised:
        party.check_account_question(question(provider, **changes), lambda jti, seconds: True)
    assert raised.value.check == check
