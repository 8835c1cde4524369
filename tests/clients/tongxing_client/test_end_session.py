from urllib.parse import parse_qs, urlsplit

from tests.clients.loopback_provider import LoopbackProvider
from tongxing_client import discovery, end_session


def test_what_is_given_is_sent(provider: LoopbackProvider) -> None:
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    url = end_session.url(
        metadata, "rp", id_token_hint="a.b.c", post_logout_redirect_uri="http://localhost/", state="s"
    )
    assert url is not None
    assert url.startswith(f"{provider.issuer}/end_session?")
    assert parse_qs(urlsplit(url).query) == {
        "id_token_hint": ["a.b.c"],
        "client_id": ["rp"],
        "post_logout_redirect_uri": ["http://localhost/"],
        "state": ["s"],
    }


def test_an_endpoint_with_a_query_keeps_it(provider: LoopbackProvider) -> None:
    provider.metadata_changes["end_session_endpoint"] = f"{provider.issuer}/bye?tenant=1"
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    assert end_session.url(metadata, "rp") == f"{provider.issuer}/bye?tenant=1&client_id=rp"


def test_a_provider_without_it_has_no_address(provider: LoopbackProvider) -> None:
    document = provider.metadata()
    del document["end_session_endpoint"]
    assert end_session.url(discovery.parse(document, provider.issuer), "rp") is None
