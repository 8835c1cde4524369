from typing import Any

import pytest

from tongxing_client import mandate


def test_only_what_is_wanted_is_asked_for() -> None:
    assert mandate.details() == {"type": mandate.TYPE}
    assert mandate.details(item_codes=["a"], acr="urn:tongxing:loa:3") == {
        "type": mandate.TYPE,
        "item_codes": ["a"],
        "acr": "urn:tongxing:loa:3",
    }


@pytest.mark.parametrize(
    ("claims", "actor"),
    [
        ({}, None),
        ({"act": {"sub": "p"}}, "p"),
        ({"act": {}}, None),
        ({"act": "p"}, None),
        ({"act": {"sub": 5}}, None),
    ],
)
def test_the_actor_is_read(claims: dict[str, Any], actor: str | None) -> None:
    """RFC 8693 §4.1."""
    assert mandate.find_actor(claims) == actor


@pytest.mark.parametrize(
    ("granted", "covers"),
    [
        ([], False),
        ([{"type": mandate.TYPE}], True),
        ([{"type": mandate.TYPE, "item_codes": ["a"]}], True),
        ([{"type": mandate.TYPE, "item_codes": ["b"]}], False),
        ([{"type": "other"}], False),
    ],
)
def test_a_mandate_covers_its_items(granted: list[dict[str, Any]], *, covers: bool) -> None:
    assert mandate.covers(granted, "a") is covers
