"""`idp federation explain` and `resolve`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.cli import federation as command
from idp.db import commit
from idp.federation import trust_anchor
from tests.cli.operator import Operator
from tests.federation.conftest import QUICK
from tests.federation.elsewhere import RP, WELL_KNOWN, Elsewhere, Entity
from tests.provider import Template


@pytest.fixture
def operator(template: Template, tmp_path: Path) -> Iterator[Operator]:
    provider = template.on_sqlite(tmp_path, federation=QUICK)
    yield Operator(provider, command.command)
    provider.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()


@pytest.fixture
def site(operator: Operator, elsewhere: Elsewhere) -> Entity:
    nation = elsewhere.authority("nation")
    province = elsewhere.authority("province", nation)
    nation.add(province, metadata_policy={RP: {"client_name": {"default": "x"}, "contacts": {"add": ["p"]}}})
    with operator.provider.context():
        trust_anchor.add(nation.id, nation.jwks)
        commit()
    return elsewhere.site("site", province)


def test_a_chain_is_printed(operator: Operator, site: Entity) -> None:
    done = operator.run("resolve", site.id)
    assert done.exit_code == 0
    assert f"{site.id} → {site.server.url}/province → {site.server.url}/nation" in done.output
    assert f"{RP}\tclient_name\tsite" in done.output
    said = json.loads(operator.run("resolve", site.id, "--json").output)
    assert said["metadata"][RP]["contacts"] == ["p"]
    assert said["trust_anchor"] == f"{site.server.url}/nation"
    assert len(said["trust_chain"]) == 4


def test_no_chain_is_exit_code_one_with_the_reason(
    operator: Operator, site: Entity, elsewhere: Elsewhere
) -> None:
    province = elsewhere.entities["province"]
    del province.below[site.id]
    done = operator.run("resolve", site.id)
    assert done.exit_code == 1
    assert (
        f"not trusted 不可信: step not_subordinate, entity {site.id}, superior {province.id}" in done.output
    )
    elsewhere.faults[f"/province{WELL_KNOWN}"] = "500"
    done = operator.run("resolve", site.id)
    assert done.exit_code == 1
    assert "nobody can tell now" in done.output
    assert "HTTP 500" in done.output


def test_an_anchor_can_be_demanded(operator: Operator, site: Entity) -> None:
    assert operator.run("resolve", site.id, "--anchor", f"{site.server.url}/nation").exit_code == 0
    assert operator.run("resolve", site.id, "--anchor", "https://other.example").exit_code == 1


def test_an_explanation_shows_each_step_and_what_each_superior_changed(
    operator: Operator, site: Entity
) -> None:
    done = operator.run("explain", site.id)
    assert done.exit_code == 0
    assert f"{site.id}: trusted 可信" in done.output
    assert "way 1: counts 采用" in done.output
    assert f"* {site.server.url}/nation  (trust anchor 信任锚)" in done.output
    assert f"{RP}.contacts: - ⇒ " in done.output
    told = json.loads(operator.run("explain", site.id, "--json").output)
    assert told["chosen"] == 0
    assert told["chains"][0]["path"] == [
        site.id,
        f"{site.server.url}/province",
        f"{site.server.url}/nation",
    ]


def test_a_refusal_is_explained_with_step_entity_operator_and_value(
    operator: Operator, site: Entity, elsewhere: Elsewhere
) -> None:
    nation, province = elsewhere.entities["nation"], elsewhere.entities["province"]
    nation.add(province, metadata_policy={RP: {"client_name": {"one_of": ["allowed"]}}})
    done = operator.run("explain", site.id)
    assert done.exit_code == 0
    assert "NOT TRUSTED 不可信" in done.output
    assert "operator one_of" in done.output
    assert "REFUSED" in done.output
    assert "way 1: broken 不成立" in done.output


def test_what_is_no_entity_is_explained_too(operator: Operator) -> None:
    done = operator.run("explain", "nonsense")
    assert done.exit_code == 0
    assert "NOT TRUSTED" in done.output
    assert "entity_identifier" in done.output
    assert operator.run("resolve", "nonsense").exit_code == 1


def test_what_is_missing_is_wrong_use(operator: Operator) -> None:
    assert operator.run("explain").exit_code == 2
    assert operator.run("nonsense").exit_code == 2
