from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.tokens import handle
from tests.provider import Provider


@pytest.fixture(autouse=True)
def _context(provider: Provider) -> Iterator[None]:
    with provider.context():
        yield


def test_a_handle_is_long_random_and_fit_for_an_address() -> None:
    """RFC 9700 §4.8.3 and RFC 6819 §5.1.4.2.2: 256 random bits."""
    handles = {handle.issue("code") for _ in range(100)}
    assert len(handles) == 100
    assert all(len(text) >= 43 and text.replace("-", "").replace("_", "").isalnum() for text in handles)


@pytest.mark.parametrize("prefix", [b"", b"x" * 16])
def test_only_what_was_issued_as_this_kind_is_recognised(prefix: bytes) -> None:
    text = handle.issue("refresh", prefix)
    assert handle.parse("refresh", text, len(prefix)) == prefix
    assert handle.parse("code", text, len(prefix)) is None
    assert handle.parse("refresh", text, len(prefix) + 1) is None


def test_a_changed_character_is_noticed() -> None:
    text = handle.issue("code")
    for position in range(len(text)):
        other = "A" if text[position] != "A" else "B"
        assert handle.parse("code", text[:position] + other + text[position + 1 :]) is None


@given(st.text() | st.binary().map(lambda raw: raw.hex()))
def test_anything_else_is_nothing(text: str) -> None:
    assert handle.parse("code", text) is None


def test_a_second_spelling_of_a_handle_is_not_the_handle() -> None:
    """What is stored is the digest of the text: another spelling must not count as a replay of the real one."""
    text = handle.issue("code")
    assert handle.parse("code", text + "=") is None
    assert handle.parse("code", text + "====") is None
    assert handle.parse("code", f" {text}") is None
    assert handle.parse("code", text + "\n") is None


def test_what_is_stored_does_not_reveal_the_handle() -> None:
    text = handle.issue("code")
    assert handle.digest(text) == handle.digest(text)
    assert text.encode() not in handle.digest(text)
    assert len(handle.digest(text)) == 32
