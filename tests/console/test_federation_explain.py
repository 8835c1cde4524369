"""The officials' explanation: the same drawing, with the reasons of one's own division."""

from idp.db import commit
from idp.federation import suspension
from idp.operators.rights import Role
from tests.console.authorities import at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial, Official
from tests.provider import Provider


def see(by: Official, entity: str) -> str:
    by.browser.go(at("/explain", entity=entity))
    return by.browser.response.get_data(as_text=True)


def test_a_trusted_site_with_links_inside_ones_division_only(
    either: Provider, official: MakeOfficial
) -> None:
    branch = plant(either)
    page = see(official(Role.SUPERVISOR, at=CITY), branch.site)
    assert 'data-verdict="trusted"' in page
    assert "node?entity=" + branch.city.replace(":", "%3A").replace("/", "%2F") in page
    assert "node?entity=" + branch.province.replace(":", "%3A").replace("/", "%2F") not in page
    assert branch.nation in page


def test_the_reason_of_a_suspension_is_told_to_its_division_alone(
    either: Provider, official: MakeOfficial
) -> None:
    branch = plant(either)
    with either.context():
        suspension.suspend(branch.city, branch.county, reason="leak under inquiry", by="operator:test")
        commit()
    page = see(official(Role.SYSTEM_ADMINISTRATOR, at=PROVINCE), branch.site)
    assert 'data-verdict="refused"' in page
    assert f'data-broken="{branch.county}"' in page
    assert "leak under inquiry" in page
    below = see(official(Role.SYSTEM_ADMINISTRATOR, at=COUNTY), branch.site)
    assert 'data-verdict="refused"' in below
    assert "leak under inquiry" not in below


def test_what_is_no_entity_is_said_beside_the_field(either: Provider, official: MakeOfficial) -> None:
    by = official(Role.SUPERVISOR, at=CITY)
    for wrong in ("x", "http://10.0.0.1/", "https://a.example/?x", "<script>alert(1)</script>", "y" * 3000):
        page = see(by, wrong)
        assert by.browser.response.status_code == 400
        assert 'href="#entity"' in page
        assert "<script>alert(1)" not in page
