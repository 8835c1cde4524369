import pytest

from idp import strict_json


def nested(depth: int) -> str:
    return '{"a":' * depth + "0" + "}" * depth


def test_an_object_is_read() -> None:
    assert strict_json.load_object('{"a": [1, 2.5, null, {"b": "乙"}]}') == {"a": [1, 2.5, None, {"b": "乙"}]}
    assert strict_json.load_object(nested(strict_json.DEEPEST))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"a"',
        "null",
        "{",
        '{"a": 1, "a": 1}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        nested(strict_json.DEEPEST + 1),
        '{"a":' + "[" * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
    ],
    ids=range(13),
)
def test_what_two_readers_could_take_differently_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reason, callers know one error
        strict_json.load_object(text)
