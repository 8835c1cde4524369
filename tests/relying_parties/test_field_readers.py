from typing import Any

import pytest

from idp.relying_parties import field_readers
from idp.relying_parties.field_readers import Reader, Wrong
from idp.relying_parties.item import Item
from idp.relying_parties.localized import Localized


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (field_readers.text(), "阿卜杜拉·热合曼", "阿卜杜拉·热合曼"),
        (field_readers.text(3, "[a-c]+", "x"), "abc", "abc"),
        (field_readers.boolean, False, False),
        (field_readers.seconds, 0, 0),
        (field_readers.one_of("a", "b"), "b", "b"),
        (field_readers.listing(field_readers.text()), ["a", "b"], ("a", "b")),
        (field_readers.listing(field_readers.text()), [], ()),
        (field_readers.scope, "openid profile openid", ("openid", "profile")),
        (field_readers.scope, "", ()),
        (field_readers.address, "anything", "anything"),
        (field_readers.item, {"name": "name"}, Item("name")),
        (
            field_readers.item,
            {"name": "phone_number", "required": True, "purpose#en": "To call you", "purpose": "联系您"},
            Item("phone_number", True, 0, Localized("联系您", (("en", "To call you"),))),
        ),
        (
            field_readers.item,
            {"name": "identity_number", "minimum_acr": "urn:tongxing:loa:3"},
            Item("identity_number", minimum_acr=3),
        ),
        (field_readers.level, "urn:tongxing:loa:0", 0),
        (field_readers.acr_value, "urn:tongxing:loa:assisted", "urn:tongxing:loa:assisted"),
    ],
)
def test_values_are_read(reader: Reader, value: object, expected: Any) -> None:
    assert reader(value) == expected


@pytest.mark.parametrize(
    ("reader", "value", "because"),
    [
        (field_readers.text(), 5, "must be a text"),
        (field_readers.text(), "", "empty"),
        (field_readers.text(), " a", "space"),
        (field_readers.text(3), "abcd", "longer than 3"),
        (field_readers.text(), "a\x00b", "control"),
        (field_readers.text(), "a\u202eb", "invisible"),
        (field_readers.text(), "a\ud800b", "control"),
        (field_readers.text(), "a\u2028b", "control"),
        (field_readers.text(3, "[a-c]+", "must be a to c"), "abd", "must be a to c"),
        (field_readers.boolean, "true", "true or false"),
        (field_readers.boolean, 1, "true or false"),
        (field_readers.seconds, True, "whole number"),
        (field_readers.seconds, -1, "whole number"),
        (field_readers.seconds, 10**12, "whole number"),
        (field_readers.seconds, 1.0, "whole number"),
        (field_readers.one_of("a", "b"), ["a"], "a or b"),
        (field_readers.listing(field_readers.text()), "a", "must be a list"),
        (field_readers.listing(field_readers.text(), 1), ["a", "b"], "more than 1"),
        (field_readers.listing(field_readers.text()), ["a", "a"], r"\[1\] is there twice"),
        (
            field_readers.listing(field_readers.text()),
            ["a", 1, 2],
            r"\[1\] must be a text; \[2\] must be a text",
        ),
        (field_readers.scope, ["openid"], "spaces between"),
        (field_readers.scope, "a  b", "one space"),
        (field_readers.scope, "中文", "printable ASCII"),
        (field_readers.scope, " ".join(f"s{number}" for number in range(101)), "printable ASCII"),
        (field_readers.address, "", "an address"),
        (field_readers.item, "name", "must be an object"),
        (field_readers.item, {}, ".name is missing"),
        (field_readers.item, {"name": "Name"}, "small letters"),
        (field_readers.item, {"name": "name", "required": "yes"}, "true or false"),
        (field_readers.item, {"name": "name", "optional": True, 5: 1}, ".optional unknown.*.int unknown"),
    ],
)
def test_wrong_values_are_refused_with_the_reason(reader: Reader, value: object, because: str) -> None:
    with pytest.raises(Wrong, match=because):
        reader(value)


def test_names_from_outside_are_shown_short_and_printable() -> None:
    assert field_readers.shown("foo") == "foo"
    assert field_readers.shown("x" * 100) == "x" * 40 + "…"
    assert field_readers.shown("a\x1b[31m") == r"'a\x1b[31m'"
    assert field_readers.shown("\ud800") == r"'\ud800'"
    assert field_readers.shown(None) == "NoneType"
