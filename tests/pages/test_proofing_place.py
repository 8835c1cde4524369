"""Choosing a place: down the tree of divisions, whatever the length of its paths."""

from collections.abc import Callable

import pytest

from tests.person import Person, Visitor
from tests.provider import Provider

Enter = Callable[[Person], Visitor]
PLACE = "/account/proofing/point/place"


def test_the_tree_is_walked_to_a_county(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(PLACE)
    assert visitor.response.get_data(as_text=True).count("tx-place") >= 34
    visitor.go(f"{PLACE}?division=330100")
    assert f"{PLACE}?division=330106" in visitor.response.get_data(as_text=True)
    visitor.open(f"{PLACE}?division=330106")
    assert visitor.location == "/account/proofing/point?division=330106"


@pytest.mark.parametrize("city", ["441900", "442000"])
def test_a_city_without_counties_is_chosen_itself(proving_pages: Provider, enter: Enter, city: str) -> None:
    visitor = enter(proving_pages.person())
    visitor.open(f"{PLACE}?division={city}")
    assert visitor.location == f"/account/proofing/point?division={city}"


@pytest.mark.parametrize("division", ["999999", "", "x" * 5000, "33'"])
def test_an_unknown_place_begins_at_the_top(proving_pages: Provider, enter: Enter, division: str) -> None:
    visitor = enter(proving_pages.person())
    visitor.open(PLACE, query_string={"division": division})
    assert "北京市" in visitor.response.get_data(as_text=True)
