"""The ``trust_chain`` header (OpenID Federation 1.0 §4.3): read, never believed."""

import base64
import json

import pytest

from idp.federation import trust_chain_header


def token(header: object) -> str:
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{head}.e30."


def test_the_statements_are_read_in_their_order() -> None:
    assert trust_chain_header.read(token({"alg": "ES256", "trust_chain": ["a", "b"]})) == ("a", "b")


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"trust_chain": "a"},
        {"trust_chain": [1]},
        {"trust_chain": ["a", None]},
        {"trust_chain": ["a"] * 31},
        [],
    ],
)
def test_anything_else_is_no_chain(header: object) -> None:
    assert trust_chain_header.read(token(header)) == ()


@pytest.mark.parametrize("text", ["", ".", "x", "é.é.é", "." * 100, "[" * 9000])
def test_what_is_no_jwt_has_none(text: str) -> None:
    assert trust_chain_header.read(text) == ()
