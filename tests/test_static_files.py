"""Static files leave compressed."""

import gzip

import pytest
from werkzeug.datastructures import Headers

from tests.provider import ISSUER, Provider

STYLE = "/static/tongxing.css"


def fetched(provider: Provider, path: str, **headers: str) -> tuple[int, Headers, bytes]:
    """Get a path; the answer is closed, as a server does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with provider.app.test_client().get(path, base_url=ISSUER, headers=named) as answer:
        return answer.status_code, answer.headers, answer.data


def test_a_style_sheet_is_compressed_for_who_takes_it(provider: Provider) -> None:
    _, plain_headers, plain = fetched(provider, STYLE)
    _, headers, packed = fetched(provider, STYLE, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2
    assert "Content-Encoding" not in plain_headers
    assert plain_headers["Vary"] == headers["Vary"] == "Accept-Encoding"


def test_who_has_it_already_is_told_so(provider: Provider) -> None:
    _, headers, _ = fetched(provider, STYLE, Accept_Encoding="gzip")
    status, _, body = fetched(provider, STYLE, Accept_Encoding="gzip", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/login", "/readyz", "/jwks", "/static/nothing.css"])
def test_nothing_else_is_compressed(provider: Provider, path: str) -> None:
    """Pages carry secrets beside what a visitor sends (BREACH)."""
    _, headers, _ = fetched(provider, path, Accept_Encoding="gzip")
    assert "Content-Encoding" not in headers
