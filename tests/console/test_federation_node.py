"""One entity in its tree: what stands above and below it, page by page, only inside one's own division."""

import re

import pytest

from idp.console import federation_node
from idp.db import commit
from idp.federation import federation_key, suspension
from idp.operators.rights import Role
from tests.console.authorities import at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial, Official
from tests.provider import Provider, counted

SYSTEM, SECURITY = Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR


def see(by: Official, address: str) -> str:
    by.browser.go(address)
    return by.browser.response.get_data(as_text=True)


def test_superiors_and_subordinates_are_drawn(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    with either.context():
        suspension.suspend(branch.city, branch.neighbour, reason="x", by="operator:test")
        thumbprint = federation_key.current(branch.city).kid
        commit()
    by = official(SYSTEM, at=PROVINCE)
    page = see(by, at("/node", entity=branch.city))
    assert f'data-superior="{branch.province}"' in page
    assert f'data-subordinate="{branch.county}" data-state="active"' in page
    assert f'data-subordinate="{branch.neighbour}" data-state="suspended"' in page
    assert thumbprint in page
    assert f"{branch.city}/.well-known/openid-federation" in page
    by.browser.go(at("/node", entity=branch.county))
    assert f'data-subordinate="{branch.site}"' in by.browser.response.get_data(as_text=True)


def test_what_lies_above_is_named_but_leads_nowhere(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    page = see(official(SYSTEM, at=CITY), at("/node", entity=branch.city))
    assert f'data-superior="{branch.province}"' in page
    assert f"node?entity={branch.province.replace(':', '%3A').replace('/', '%2F')}" not in page
    assert "What it says of this one" not in page


@pytest.mark.parametrize("place", [COUNTY, "320000", "331000"])
def test_other_divisions_do_not_exist(either: Provider, official: MakeOfficial, place: str) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=place)
    for entity in (branch.nation, branch.province, branch.city, branch.neighbour):
        by.browser.open(at("/node", entity=entity))
        assert by.browser.response.status_code == 404


def test_each_role_sees_what_it_may_do(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    shown = {
        role: set(
            re.findall(
                r'id="to-(add|policy|marks)"', see(official(role, at=CITY), at("/node", entity=branch.city))
            )
        )
        for role in (SYSTEM, SECURITY, Role.SUPERVISOR)
    }
    assert shown == {SYSTEM: {"add"}, SECURITY: {"policy", "marks"}, Role.SUPERVISOR: set()}


def test_many_subordinates_come_page_by_page(
    either: Provider, official: MakeOfficial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federation_node, "PAGE", 1)
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    first = see(by, at("/node", entity=branch.city))
    more = re.search(r'id="more" href="([^"]+)"', first)
    assert more is not None
    second = see(by, more[1].replace("&amp;", "&"))
    found = re.findall(r'data-subordinate="([^"]+)"', first + second)
    assert found == [branch.county, branch.neighbour]
    assert 'id="more"' not in second


def test_more_subordinates_cost_no_more_queries(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = official(Role.SUPERVISOR, at=CITY)
    either.settle()
    costs = {}
    for entity in (branch.county, branch.city):
        see(by, at("/node", entity=entity))
        with counted(either.app) as counts:
            see(by, at("/node", entity=entity))
        costs[entity] = len(counts.statements)
    # One site below the county, two authorities below the city.
    assert costs[branch.county] == costs[branch.city]


@pytest.mark.parametrize("entity", ["", "a\0b", "é", "x" * 3000, "https://nobody.example"])
def test_hostile_names_find_nothing(either: Provider, official: MakeOfficial, entity: str) -> None:
    by = official(SYSTEM, at=CITY)
    by.browser.open(at("/node", entity=entity))
    assert by.browser.response.status_code == 404


@pytest.mark.parametrize("after", ["\0", "é", "x" * 3000, "zzz"])
def test_hostile_positions_are_the_beginning_or_the_end(
    either: Provider, official: MakeOfficial, after: str
) -> None:
    branch = plant(either)
    by = official(SYSTEM, at=CITY)
    by.browser.open(at("/node", entity=branch.city, **{"from": after}))
    assert by.browser.response.status_code == 200
