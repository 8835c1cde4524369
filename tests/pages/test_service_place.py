"""Choosing a place: down the tree or by name, and on to the service or the list."""

from urllib.parse import quote

import pytest

from tests.provider import Provider


def see(provider: Provider, address: str) -> str:
    answer = provider.app.test_client().get(quote(address, safe="/?=&%"), base_url=provider.settings.issuer)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_down_the_tree_to_a_district(provider: Provider) -> None:
    assert 'data-place="330000"' in see(provider, "/services/place")
    assert 'href="/services/place?in=330100" data-place="330100"' in see(
        provider, "/services/place?in=330000"
    )
    city = see(provider, "/services/place?in=330100")
    assert 'href="/services?division=330105" data-place="330105"' in city
    assert 'id="whole" href="/services?division=330100"' in city


def test_what_was_asked_for_stays_on_the_way(provider: Provider) -> None:
    text = see(provider, "/services/place?item=fund-query&target=/a&in=330100")
    assert 'href="/route?item=fund-query&amp;division=330105&amp;target=%2Fa"' in text


def test_by_name_with_what_lies_above_it(provider: Provider) -> None:
    text = see(provider, "/services/place?name=西湖区")
    assert "浙江省 杭州市 西湖区" in text
    assert "江西省 南昌市 西湖区" in text
    one = see(provider, "/services/place?name=浙江 西湖区")
    assert "浙江省 杭州市 西湖区" in one
    assert "江西省" not in one.split('id="found-places"')[1].split("</section>")[0]


@pytest.mark.parametrize("name", ["<b>x</b>", "x" * 500, "%", "   a", "'"])
def test_an_unknown_name_is_said_so(provider: Provider, name: str) -> None:
    text = see(provider, f"/services/place?name={name.replace('%', '%25')}")
    assert 'id="nothing"' in text
    assert "<b>x" not in text


def test_an_unknown_place_is_the_whole_country(provider: Provider) -> None:
    assert 'data-place="110000"' in see(provider, "/services/place?in=000000")
