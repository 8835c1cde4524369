"""What stands for a person between provinces."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.recognition import join_key
from idp.recognition.join_key import Key, Value

ONE, OTHER = Key("2026-1", b"1" * 32), Key("2027-1", b"2" * 32)
NUMBER = ("citizen_id", "CHN", "320106198603159139")


def test_two_provinces_with_one_key_know_the_same_person_by_the_same_value() -> None:
    assert Key("2026-1", b"1" * 32).value_of(*NUMBER) == ONE.value_of(*NUMBER)
    assert len(ONE.value_of(*NUMBER)) == 32


@pytest.mark.parametrize(
    "another",
    [
        ("residence_permit", "CHN", "320106198603159139"),
        ("citizen_id", "HKG", "320106198603159139"),
        ("citizen_id", "CHN", "320106198603159138"),
        ("citizen_id", "CHN\x00320106198603159139", ""),
    ],
)
def test_another_document_or_another_epoch_is_another_value(another: tuple[str, str, str]) -> None:
    assert ONE.value_of(*another) != ONE.value_of(*NUMBER)
    assert OTHER.value_of(*NUMBER) != ONE.value_of(*NUMBER)


def test_a_key_is_never_shown() -> None:
    assert "1111" not in repr(ONE)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=4))
def test_what_is_told_is_what_is_heard(digests: list[bytes]) -> None:
    values = tuple(Value(f"e{number}", digest) for number, digest in enumerate(digests))
    assert join_key.from_claim(join_key.to_claim(values)) == values


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=50),
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(st.sampled_from(["epoch", "value", "x"]), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_whatever_is_told_is_heard_or_refused(value: Any) -> None:
    try:
        found = join_key.from_claim(value)
    except ValueError:
        return
    assert all(len(one.digest) == 32 for one in found)
