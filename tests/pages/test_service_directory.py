"""Finding a service: what is served at a place, under themes, by words; the place is remembered."""

import itertools
import re
from urllib.parse import quote

import pytest

from idp.pages import service_directory
from idp.setting_sections import Limits
from tests.provider import NewProvider, Provider, SignIn, counted

COUNTY, CITY, FAR = "330106", "330100", "659001"

_numbers = itertools.count(1)


def page(provider: Provider, address: str, language: str = "en") -> str:
    answer = provider.app.test_client().get(
        quote(address, safe="/?=&%+"),
        base_url=provider.settings.issuer,
        headers={"Accept-Language": language},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def shown(text: str) -> list[str]:
    return re.findall(r'data-item="([^"]+)"', text)


def serving(provider: Provider, item: str, division: str | None, **metadata: object) -> None:
    given = {"item_codes": [item], "division_code": division, "initiate_login_uri": "https://s.example/login"}
    provider.site(**(given | metadata))


def test_what_is_served_there_and_above_each_once(new_provider: NewProvider) -> None:
    provider = new_provider()
    serving(provider, "fund-query", CITY, **{"client_name#en": "City fund"})
    serving(provider, "fund-query", COUNTY, **{"client_name#en": "County fund"})
    serving(provider, "insurance-query", "330000")
    serving(provider, "estate-query", "330105")
    serving(provider, "everywhere", None)
    text = page(provider, f"/services?division={COUNTY}")
    assert shown(text) == ["fund-query", "insurance-query", "everywhere"]
    assert "County fund" in text
    assert "City fund" not in text
    assert (
        text.index("Housing and property</h2>")
        < text.index("Social insurance</h2>")
        < text.index("More services</h2>")
    )
    assert f'href="/route?item=fund-query&amp;division={COUNTY}"' in text
    assert "住房公积金查询" in page(provider, f"/services?division={COUNTY}", "zh-CN")


def test_words_find_items_and_services_in_both_languages(new_provider: NewProvider) -> None:
    provider = new_provider()
    serving(
        provider,
        "fund-query",
        CITY,
        **{"client_name#zh-Hans": "市民之家", "client_name#en": "House of citizens"},
    )
    serving(provider, "insurance-query", CITY)
    for words in ("公积金", "FUND", "housing look", "市民", "ｃｉｔｉｚｅｎｓ", "ouse of"):
        assert shown(page(provider, f"/services?division={CITY}&q={words}")) == ["fund-query"]
    for words in ("%25", "_", "\\", "' OR 1=1 --", "公积金 保险", "x" * 500):
        text = page(provider, f"/services?division={CITY}&q={words}")
        assert shown(text) == []
        assert 'id="nothing"' in text


def test_words_are_shown_as_they_were_and_do_nothing(provider: Provider) -> None:
    text = page(provider, f"/services?division={COUNTY}&q=<script>alert(1)</script>\"'")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_theme_narrows(new_provider: NewProvider) -> None:
    provider = new_provider()
    serving(provider, "fund-query", CITY)
    serving(provider, "insurance-query", CITY)
    assert shown(page(provider, f"/services?division={CITY}&theme=insurance")) == ["insurance-query"]
    assert len(shown(page(provider, f"/services?division={CITY}&theme=nonsense"))) == 2


def test_the_place_is_remembered_and_an_unknown_one_is_not(provider: Provider) -> None:
    client = provider.app.test_client()

    def see(address: str) -> str:
        return client.get(address, base_url=provider.settings.issuer).get_data(as_text=True)

    assert 'id="choose-place"' in see("/services")
    assert "data-division" not in see("/services?division=999999")
    assert 'data-division="330106"' in see(f"/services?division={COUNTY}")
    assert 'data-division="330106"' in see("/services")
    client.set_cookie("tongxing_division", "330106'--", domain="localhost")
    assert 'id="choose-place"' in see("/services")


def test_many_services_come_page_by_page_each_once(
    new_provider: NewProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_directory, "PAGE", 3)
    provider = new_provider()
    codes = [f"many-{n}" for n in range(8)]
    serving(provider, "x", FAR, item_codes=codes)
    seen, address = [], f"/services?division={FAR}"
    while address:
        text = page(provider, address)
        seen += shown(text)
        more = re.search(r'id="more" href="([^"]+)"', text)
        address = f"{more[1].replace('&amp;', '&')}&division={FAR}" if more else ""
    assert seen == codes


def test_more_services_cost_no_more_queries(either: Provider) -> None:
    place = "659002"
    serving(either, "one-alone", place)
    either.settle()
    page(either, f"/services?division={place}")
    with counted(either.app) as few:
        page(either, f"/services?division={place}")
    for number in range(5):
        serving(either, f"more-{number}", place)
    either.settle()
    page(either, f"/services?division={place}")
    with counted(either.app) as many:
        page(either, f"/services?division={place}")
    assert len(many.statements) == len(few.statements) <= 3


def test_who_is_logged_in_is_told_so(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(name="韩梅梅"))
    visitor.go(f"/services?division={COUNTY}")
    text = visitor.response.get_data(as_text=True)
    assert "You are logged in as 韩梅梅" in text


def test_a_flood_is_stopped(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(service_look_ups_per_address=2))
    client = provider.app.test_client()
    answers = [client.get("/services", base_url=provider.settings.issuer).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
