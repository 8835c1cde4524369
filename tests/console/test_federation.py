"""Where an official's tree begins, and finding an entity or a place inside it, never outside."""

import pytest

from idp.operators.rights import Role
from tests.console.authorities import at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial
from tests.provider import Provider

SYSTEM = Role.SYSTEM_ADMINISTRATOR


def test_it_begins_at_ones_own_authorities(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    for place, top, other in ((CITY, branch.city, branch.province), (COUNTY, branch.county, branch.city)):
        by = official(SYSTEM, at=place)
        by.browser.go("/console/federation")
        page = by.browser.response.get_data(as_text=True)
        assert f'data-entity="{top}"' in page
        assert other not in page


def test_a_place_of_ones_own_is_found_by_name(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(Role.SUPERVISOR, at=CITY)
    by.browser.go(at("", q="西湖"))
    assert f'data-entity="{branch.county}"' in by.browser.response.get_data(as_text=True)
    by.browser.go(at("", q="浙江"))
    page = by.browser.response.get_data(as_text=True)
    assert branch.province not in page
    assert "There is no such entity or place in your division" in page


def test_an_entity_is_found_by_its_identifier(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=PROVINCE)
    by.browser.go(at("", q=f" {branch.city} "))
    assert by.browser.is_at("/console/federation/node")
    for elsewhere in (branch.nation, "https://nobody.example"):
        by.browser.go(at("", q=elsewhere))
        assert by.browser.is_at("/console/federation")
        assert "There is no such entity" in by.browser.response.get_data(as_text=True)


@pytest.mark.parametrize("sought", ["<script>alert(1)</script>", "a\0b", "%", "x" * 2000, "é\ud800"])
def test_hostile_words_find_nothing(either: Provider, official: MakeOfficial, sought: str) -> None:
    by = official(SYSTEM, at=CITY)
    by.browser.go(at("", q=sought.encode("utf-8", "replace").decode()))
    page = by.browser.response.get_data(as_text=True)
    assert by.browser.response.status_code == 200
    assert "There is no such entity or place" in page
    assert "<script>alert" not in page


def test_without_the_right_there_is_no_such_room(either: Provider, official: MakeOfficial) -> None:
    by = official(Role.AGENCY_CLERK, at=CITY)
    by.browser.open("/console/federation")
    assert by.browser.response.status_code == 403
