from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import parameters
from idp.errors import InvalidInput

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(texts, texts, max_size=20))
def test_what_was_sent_is_read(values: dict[str, str]) -> None:
    """RFC 6749 §3.1: a parameter without a value is treated as omitted."""
    assert parameters.read(urlencode(values).encode()) == {
        name: text for name, text in values.items() if text
    }


@given(st.binary(max_size=200))
def test_whatever_arrives_is_read_or_refused(raw: bytes) -> None:
    try:
        found = parameters.read(raw)
    except InvalidInput:
        return
    assert all(found.values())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"state=1&state=1", "repeated"),
        (b"state=&state=1", "repeated"),
        (b"unknown=1&unknown=2", "repeated"),
        (b"state=%FF", "UTF-8"),
        (b"%E4=1", "UTF-8"),
        ("state=通行".encode(), "UTF-8"),
        (b"state=a%00b", "NUL"),
        (b"a%00=b", "NUL"),
        ("&".join(f"p{number}=1" for number in range(101)).encode(), "too many"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(raw: bytes, reason: str) -> None:
    """RFC 6749 §3.1: parameters must not be included more than once."""
    with pytest.raises(InvalidInput, match=reason) as caught:
        parameters.read(raw)
    assert caught.value.status == 400


def test_spaces_come_as_plus_or_percent() -> None:
    assert parameters.read(b"scope=openid+profile%20phone") == {"scope": "openid profile phone"}
