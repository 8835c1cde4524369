import pytest

from tests.clients.loopback_provider import LoopbackProvider, Reply, json_reply
from tongxing_client import errors, transport, userinfo


def test_the_claims_are_about_the_person_who_logged_in(
    provider: LoopbackProvider, http: transport.Transport
) -> None:
    claims = userinfo.fetch(http, f"{provider.issuer}/userinfo", "at", "pairwise-zhang")
    assert claims == {"sub": "pairwise-zhang", "name": "张伟"}
    assert provider.requests[-1].headers["Authorization"] == "Bearer at"


@pytest.mark.parametrize("sub", ["somebody-else", "", None, 7])
def test_claims_about_somebody_else_are_refused(
    provider: LoopbackProvider, http: transport.Transport, sub: object
) -> None:
    provider.person["sub"] = sub
    with pytest.raises(errors.UserinfoRefused, match="another"):
        userinfo.fetch(http, f"{provider.issuer}/userinfo", "at", "pairwise-zhang")


def test_a_refused_access_token_says_so(provider: LoopbackProvider, http: transport.Transport) -> None:
    provider.replies["/userinfo"] = lambda _: json_reply({"error": "invalid_token"}, 401)
    with pytest.raises(errors.UserinfoRefused, match="401"):
        userinfo.fetch(http, f"{provider.issuer}/userinfo", "at", "pairwise-zhang")


@pytest.mark.parametrize("content_type", ["application/jwt", "text/html", ""])
def test_another_kind_of_content_is_bad(
    provider: LoopbackProvider, http: transport.Transport, content_type: str
) -> None:
    reply = Reply(200, b'{"sub": "pairwise-zhang"}', {"Content-Type": content_type})
    provider.replies["/userinfo"] = lambda _: reply
    with pytest.raises(errors.BadProviderAnswer):
        userinfo.fetch(http, f"{provider.issuer}/userinfo", "at", "pairwise-zhang")
