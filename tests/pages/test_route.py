"""Level routing: who serves an item in a division, or nearest above it, and nobody is sent anywhere else."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.db import commit
from idp.federation import federation_key, suspension, trust_anchor
from idp.relying_parties import registration, served_item_admission
from idp.setting_sections import Limits
from tests.federation import hosted
from tests.provider import NewProvider, Provider, counted
from tests.site import Site

PROVINCE, CITY, COUNTY, NEIGHBOUR, ELSEWHERE = "330000", "330100", "330106", "330105", "320102"

_numbers = itertools.count(1)


def an_item() -> str:
    """An item of this test alone: the shared providers know the others'."""
    return f"route-test-{next(_numbers)}"


def serving(provider: Provider, item: str, division: str | None, host: str, **metadata: object) -> Site:
    return provider.site(
        item_codes=[item],
        division_code=division,
        initiate_login_uri=f"https://{host}.example/login",
        **metadata,
    )


def led(provider: Provider, **query: str) -> str:
    answer = provider.app.test_client().get("/route", query_string=query, base_url=provider.settings.issuer)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location or ""


def test_the_county_then_its_city_then_its_province(either: Provider) -> None:
    item = an_item()
    serving(either, item, PROVINCE, "province")
    assert led(either, item=item, division=COUNTY).startswith("https://province.example/login?")
    serving(either, item, CITY, "city")
    assert led(either, item=item, division=COUNTY).startswith("https://city.example/login?")
    serving(either, item, COUNTY, "county")
    assert led(either, item=item, division=COUNTY).startswith("https://county.example/login?")
    # The county's neighbour goes up to what both lie in, never across.
    assert led(either, item=item, division=NEIGHBOUR).startswith("https://city.example/login?")
    assert led(either, item=item, division=PROVINCE).startswith("https://province.example/login?")


def test_who_has_no_division_serves_the_whole_country(either: Provider) -> None:
    item = an_item()
    serving(either, item, None, "country")
    serving(either, item, PROVINCE, "province")
    assert urlsplit(led(either, item=item, division=ELSEWHERE)).netloc == "country.example"
    assert urlsplit(led(either, item=item, division=CITY)).netloc == "province.example"
    # Of a division that no list has, only itself is known.
    assert urlsplit(led(either, item=item, division="999999")).netloc == "country.example"


def test_a_login_begins_there_and_the_deep_link_goes_along(either: Provider) -> None:
    """OpenID Connect Core §4: ``iss`` and ``target_link_uri``."""
    item = an_item()
    serving(either, item, COUNTY, "county")
    sent = urlsplit(led(either, item=item, division=COUNTY, target="/transfer?case=7&step=2#form"))
    assert (sent.scheme, sent.netloc, sent.path) == ("https", "county.example", "/login")
    assert parse_qs(sent.query) == {
        "iss": [either.settings.issuer],
        "target_link_uri": ["https://county.example/transfer?case=7&step=2#form"],
    }
    whole = led(either, item=item, division=COUNTY, target="https://county.example/transfer")
    assert parse_qs(urlsplit(whole).query)["target_link_uri"] == ["https://county.example/transfer"]


def test_a_query_of_the_registered_address_stays(either: Provider) -> None:
    item = an_item()
    either.site(
        item_codes=[item], division_code=COUNTY, initiate_login_uri="https://a.example/start?tenant=9"
    )
    query = parse_qs(urlsplit(led(either, item=item, division=COUNTY)).query)
    assert query == {"tenant": ["9"], "iss": [either.settings.issuer]}


def test_without_a_login_address_its_own_page_opens(either: Provider) -> None:
    item = an_item()
    either.site(item_codes=[item], division_code=COUNTY, client_uri="https://plain.example/start")
    assert led(either, item=item, division=COUNTY) == "https://plain.example/start"
    assert led(either, item=item, division=COUNTY, target="/x") == "https://plain.example/x"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\\/evil.example",
        "https://county.example@evil.example/",
        "https://county.example.evil.example/",
        "https://county.example:8443/",
        "http://county.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/../..//evil.example",
        "/a\r\nSet-Cookie: x=1",
        "/a b",
        "\\evil.example",
        "evil.example",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_to_another_site(provider: Provider, target: str) -> None:
    item = an_item()
    serving(provider, item, COUNTY, "county")
    answer = provider.app.test_client().get(
        "/route",
        query_string={"item": item, "division": COUNTY, "target": target},
        base_url=provider.settings.issuer,
    )
    if answer.status_code == 303:
        (sent,) = parse_qs(urlsplit(answer.location or "").query)["target_link_uri"]
        assert urlsplit(sent).netloc == "county.example"
        assert "\\" not in sent
    else:
        assert answer.status_code == 400
        assert 'data-error="invalid_link"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "item=%00&division=330106",
        "item=a%00b&division=330106",
        "item=a&division=33010x",
        "item=a&division=0",
        "item=%F0%9F%98%80&division=330106",
        f"item={'a' * 65}&division=330106",
        "item=a&item=b&division=330106",
        "item=%ff&division=330106",
        "item=a&division=330106&target=%0d%0aX:y",
    ],
)
def test_hostile_questions_are_bad_requests(either: Provider, query: str) -> None:
    answer = either.app.test_client().get(f"/route?{query}", base_url=either.settings.issuer)
    assert answer.status_code == 400
    assert 'id="error"' in answer.get_data(as_text=True)


def test_a_page_says_when_nobody_serves_it(either: Provider) -> None:
    client = either.app.test_client()
    answer = client.get(
        "/route",
        query_string={"item": "fund-test-nobody", "division": COUNTY, "ui_locales": "en"},
        base_url=either.settings.issuer,
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert 'data-error="item_not_served"' in page
    assert 'href="/services/place?item=fund-test-nobody"' in page
    assert "西湖区" in page


def test_a_machine_hears_where_it_would_lead(either: Provider) -> None:
    item = an_item()
    site = serving(either, item, CITY, "city", **{"client_name#en": "Fund"})
    client, wants = either.app.test_client(), {"Accept": "application/json"}
    there = client.get(
        f"/route?item={item}&division={COUNTY}&target=/a", headers=wants, base_url=either.settings.issuer
    )
    assert there.status_code == 200
    assert there.json is not None
    assert (there.json["served_by"], there.json["served_at"]) == (site.id, CITY)
    assert there.json["location"].startswith("https://city.example/login?iss=")
    nobody = client.get(
        f"/route?item={item}&division={ELSEWHERE}", headers=wants, base_url=either.settings.issuer
    )
    assert (nobody.status_code, nobody.mimetype) == (404, "application/problem+json")
    assert nobody.json is not None
    assert nobody.json["code"] == "item_not_served"


def test_without_a_place_the_remembered_one_counts_else_the_person_chooses(either: Provider) -> None:
    item = an_item()
    serving(either, item, CITY, "city")
    client = either.app.test_client()
    asked = client.get(f"/route?item={item}&target=/a", base_url=either.settings.issuer)
    assert asked.location == f"/services/place?item={item}&target=%2Fa"
    assert "route?item=" in client.get(
        f"{asked.location}&in={CITY}", base_url=either.settings.issuer
    ).get_data(True)
    client.get(f"/services?division={COUNTY}", base_url=either.settings.issuer)
    there = client.get(f"/route?item={item}", base_url=either.settings.issuer)
    assert (there.location or "").startswith("https://city.example/login?")


def test_who_came_first_is_not_displaced_by_who_comes_later(either: Provider) -> None:
    item = an_item()
    first = serving(either, item, COUNTY, "zzz")
    serving(either, item, COUNTY, "aaa")
    assert urlsplit(led(either, item=item, division=COUNTY)).netloc == "zzz.example"
    # Changing its registration does not send it to the end of the line.
    with either.context():
        registration.update(first.id, {"initiate_login_uri": "https://zzz.example/login2"})
        commit()
    assert led(either, item=item, division=COUNTY).startswith("https://zzz.example/login2?")


def test_it_costs_one_query(either: Provider) -> None:
    item = an_item()
    for division in (PROVINCE, CITY, COUNTY):
        serving(either, item, division, "some")
    either.settle()
    led(either, item=item, division=COUNTY)
    with counted(either.app) as counts:
        led(either, item=item, division=COUNTY)
    assert len(counts.statements) == 1


def test_a_flood_is_stopped(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(service_look_ups_per_address=3))
    client = provider.app.test_client()
    answers = [
        client.get("/route?item=a&division=330106", base_url=provider.settings.issuer) for _ in range(4)
    ]
    assert [one.status_code for one in answers] == [404, 404, 404, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_site_whose_superior_has_left_it_keeps_nobody_from_the_next(either: Provider) -> None:
    item = an_item()
    serving(either, item, PROVINCE, "province")
    with either.context():
        tree = hosted.plant()
        trust_anchor.add(tree.anchor, federation_key.jwks(tree.anchor))
        said = {"initiate_login_uri": "https://county.example/login", "client_name": "County"}
        served_item_admission.admit(tree.site, said, division_code=COUNTY, item_codes=[item])
        commit()
    assert led(either, item=item, division=COUNTY).startswith("https://county.example/login?")
    with either.context():
        suspension.suspend(tree.province, tree.site, reason="x", by="operator:test")
        commit()
    assert led(either, item=item, division=COUNTY).startswith("https://province.example/login?")
    with either.context():
        suspension.resume(tree.province, tree.site, by="operator:test")
        commit()
    assert led(either, item=item, division=COUNTY).startswith("https://county.example/login?")
