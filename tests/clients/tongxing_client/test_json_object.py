import pytest

from tongxing_client import json_object


def test_an_object_is_read() -> None:
    assert json_object.parse('{"name": "张伟", "n": [1]}'.encode()) == {"name": "张伟", "n": [1]}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b'{"a":' * 50_000,
        b"[" * 50_000,
        b'{"n": ' + b"9" * 5_000 + b"}",
        b"<html>",
    ],
)
def test_what_only_looks_like_an_object_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_object.parse(text)


def test_a_list_of_objects_is_read_and_nothing_else() -> None:
    assert json_object.parse_list(b'[{"a": 1}, {}]') == [{"a": 1}, {}]
    for text in (b"{}", b"[1]", b'[{"a": NaN}]', b"[" * 100_000, b"", b"\xff"):
        with pytest.raises(ValueError, match=r"."):
            json_object.parse_list(text)
