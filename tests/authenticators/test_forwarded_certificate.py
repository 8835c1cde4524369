"""``Client-Cert`` as the proxy writes it (RFC 9440 §2)."""

import base64
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from idp.authenticators import forwarded_certificate
from idp.errors import InvalidInput
from tests.authenticators.authority import Authority, header

ROOT = Authority()
LEAF = ROOT.issue()


def test_the_certificate_and_its_chain() -> None:
    middle = Authority("中间", ROOT)
    leaf = middle.issue()
    found = forwarded_certificate.find(header(leaf), header(middle.certificate, ROOT.certificate))
    assert found is not None
    assert found.certificate == leaf
    assert found.chain == (middle.certificate, ROOT.certificate)


def test_nothing_shown_is_nothing() -> None:
    assert forwarded_certificate.find("", "") is None
    assert forwarded_certificate.find("  ", header(LEAF)) is None


def test_parameters_say_nothing() -> None:
    """RFC 8941 §3.3: an item may carry parameters."""
    found = forwarded_certificate.find(f"{header(LEAF)};note=1", "")
    assert found is not None
    assert found.certificate == LEAF


def test_what_nginx_can_write_by_itself() -> None:
    pem = LEAF.public_bytes(Encoding.PEM).decode()
    found = forwarded_certificate.find(quote(pem, safe="/="), "")
    assert found is not None
    assert found.certificate == LEAF
    with pytest.raises(InvalidInput):
        forwarded_certificate.find(quote(pem, safe="/=")[:400], "")


@pytest.mark.parametrize(
    "text",
    [
        header(LEAF, LEAF),
        header(LEAF)[1:],
        header(LEAF)[:-1],
        header(LEAF).replace(":", ""),
        "::",
        ":AAAA:",
        ":not base64:",
        f":{base64.b64encode(b'x' * 3000).decode()}:",
        "-----BEGIN CERTIFICATE-----",
        ":" + "A" * 70_000 + ":",
        "张伟",
    ],
    ids=range(11),
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        forwarded_certificate.find(text, "")
    assert caught.value.code == "certificate_unreadable"


def test_a_chain_has_an_end() -> None:
    with pytest.raises(InvalidInput):
        forwarded_certificate.find(header(LEAF), header(*[ROOT.certificate] * 7))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_understood_or_refused(first: str, second: str) -> None:
    try:
        found = forwarded_certificate.find(first, second)
    except InvalidInput:
        return
    assert found is None
