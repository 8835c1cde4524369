"""The developers' page: trusted, refused, hostile, limited; the same as JSON."""

import itertools
from urllib.parse import quote

import pytest

from idp.db import commit
from idp.federation import federation_key, suspension, trust_anchor
from idp.setting_sections import Limits
from tests.federation import hosted
from tests.federation.hosted import Tree
from tests.provider import NewProvider, Provider

_addresses = itertools.count(1)


def planted(provider: Provider) -> Tree:
    with provider.context():
        tree = hosted.plant()
        trust_anchor.add(tree.anchor, federation_key.jwks(tree.anchor))
        commit()
        return tree


def ask(provider: Provider, entity: str, *, accept: str = "text/html") -> tuple[int, str]:
    """As somebody at another address each time: the limit is tested by itself."""
    answer = provider.app.test_client().get(
        f"/federation/explain?entity={quote(entity, safe='')}",
        base_url=provider.settings.issuer,
        headers={"Accept": accept, "Accept-Language": "en"},
        environ_base={"REMOTE_ADDR": f"198.51.100.{next(_addresses)}"},
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_a_trusted_entity_with_its_whole_chain(either: Provider) -> None:
    tree = planted(either)
    status, page = ask(either, tree.site)
    assert status == 200
    assert 'data-verdict="trusted"' in page
    for entity in (tree.anchor, tree.province, tree.site):
        assert entity in page
    assert page.index(tree.anchor) < page.index(tree.province)
    assert "Nation" in page


def test_a_suspended_one_breaks_where_it_was_suspended_and_the_reason_stays_inside(either: Provider) -> None:
    tree = planted(either)
    with either.context():
        suspension.suspend(tree.province, tree.site, reason="secret audit finding", by="operator:test")
        commit()
    status, page = ask(either, tree.site)
    assert status == 200
    assert 'data-verdict="refused"' in page
    assert 'data-rule="not_subordinate"' in page
    assert f'data-broken="{tree.site}"' in page
    assert "secret audit finding" not in page


def test_the_same_as_json(either: Provider) -> None:
    tree = planted(either)
    answer = either.app.test_client().get(
        f"/federation/explain?json=1&entity={quote(tree.site, safe='')}", base_url=either.settings.issuer
    )
    assert answer.json is not None
    assert answer.json["chains"][answer.json["chosen"]]["path"] == [tree.site, tree.province, tree.anchor]


def test_without_a_name_there_is_the_form_alone(either: Provider) -> None:
    status, page = ask(either, "")
    assert status == 200
    assert 'id="entity"' in page
    assert "verdict" not in page


@pytest.mark.parametrize(
    "entity",
    [
        "javascript:alert(1)",
        "https://<script>alert(1)</script>",
        "http://169.254.169.254/latest",
        "https://a.example/?x=1",
        "x" * 3000,
        "https://user:pw@a.example",
        "file:///etc/passwd",
        "https://a.example\r\nX: y",
    ],
)
def test_what_is_no_entity_is_refused_beside_the_field(either: Provider, entity: str) -> None:
    status, page = ask(either, entity)
    assert status == 400
    assert 'href="#entity"' in page
    assert "<script>alert" not in page
    status, problem = ask(either, entity, accept="application/json")
    assert status == 400
    assert '"code":"entity_identifier"' in problem.replace(" ", "")


def test_looking_is_limited(new_provider: NewProvider) -> None:
    provider = new_provider(limits=Limits(explanations_per_address=2))
    tree = planted(provider)
    client = provider.app.test_client()
    asked = f"/federation/explain?entity={quote(tree.site, safe='')}"
    answers = [client.get(asked, base_url=provider.settings.issuer) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    machine = client.get(asked, base_url=provider.settings.issuer, headers={"Accept": "application/json"})
    assert machine.status_code == 429
    assert int(machine.headers["Retry-After"]) > 0
