import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey

from idp.db import commit
from idp.federation import constraints as constraint_rules
from idp.federation import (
    hosted_entity,
    hosted_statement,
    metadata_policy,
    resolution,
    subordinate,
    suspension,
    trust_anchor,
)
from idp.sandbox import network
from tests.federation import hosted
from tests.provider import ISSUER, Template

AUTHORITIES = [one["name"] for one in json.loads(network.SOURCE.read_text(encoding="utf-8"))["authorities"]]


@pytest.fixture
def app(template: Template, tmp_path: Path) -> Iterator[Flask]:
    made = template.on_sqlite(tmp_path)
    with made.context() as context:
        yield context
    made.close()


def introduce(folder: Path, software_id: str, entity_id: str, *superiors: str, **more: Any) -> dict[str, Any]:
    """A site leaves what its superiors have to know."""
    key = ECKey.generate_key("P-256", {"alg": "ES256"})
    said = {
        "software_id": software_id,
        "entity_id": entity_id,
        "jwks": {"keys": [dict(key.as_dict(private=False, kid=key.thumbprint()))]},
        "authority_hints": [f"{ISSUER}/authorities/{name}" for name in superiors],
    } | more
    (folder / software_id).mkdir(parents=True, exist_ok=True)
    (folder / software_id / "entity.json").write_text(json.dumps(said), encoding="utf-8")
    return said


def test_the_tree_of_the_contract_stands(app: Flask, tmp_path: Path) -> None:
    introduce(tmp_path / "sites", "county-registry", "http://localhost:8003", "330106")
    introduce(tmp_path / "sites", "city-housing", "http://localhost:8004", "330100", "mohurd-330000")
    planted = network.plant(tmp_path / "sites", tmp_path / "network")
    commit()
    assert planted == ["city-housing", "county-registry"]
    for superior, below in (
        ("national", "330000"),
        ("national", "mohurd"),
        ("330000", "330100"),
        ("330100", "330106"),
        ("mohurd", "mohurd-330000"),
    ):
        statement = hosted.statement(network.authority_id(superior), network.authority_id(below))
        assert statement, (superior, below)
    for superior in ("330100", "mohurd-330000"):
        assert hosted.statement(network.authority_id(superior), "http://localhost:8004")
    assert hosted.statement(network.authority_id("330000"), ISSUER)
    assert hosted_statement.configuration(ISSUER)
    assert network.authority_id("national") in trust_anchor.all_anchors()


def test_what_a_site_may_be_is_stated_by_its_superior(app: Flask, tmp_path: Path) -> None:
    metadata = {"openid_relying_party": {"legal_basis": "statutory_duty", "item_codes": ["fund-query"]}}
    introduce(
        tmp_path / "sites",
        "city-fund",
        "http://localhost:8002",
        "330100",
        names={"en": "Housing fund"},
        division_code="330100",
        metadata=metadata,
    )
    network.plant(tmp_path / "sites", tmp_path / "network")
    commit()
    found = subordinate.get(network.authority_id("330100"), "http://localhost:8002")
    assert (found.declared, found.names, found.division_code) == (metadata, {"en": "Housing fund"}, "330100")


def test_what_it_says_can_be_said(app: Flask, tmp_path: Path) -> None:
    network.plant(tmp_path / "sites", tmp_path / "network")
    for name in AUTHORITIES:
        entity = hosted_entity.get(network.authority_id(name))
        metadata_policy.read(entity.metadata_policy or {})
        constraint_rules.read(entity.constraints or {})
        assert set(entity.names) == {"zh-Hans", "en"}


def test_planting_again_changes_nothing_not_even_what_an_operator_did(app: Flask, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    introduce(sites, "county-registry", "http://localhost:8003", "330106")
    network.plant(sites, tmp_path / "network")
    commit()
    county, site = network.authority_id("330106"), "http://localhost:8003"
    before = hosted_statement.configuration(county)
    suspension.suspend(county, site, reason="数据泄露", by="operator:test")
    hosted_entity.update(network.authority_id("330000"), metadata_policy={})
    subordinate.get(county, site).declared = {"openid_relying_party": {"legal_basis": "consent"}}
    commit()
    assert network.plant(sites, tmp_path / "network") == []
    commit()
    assert not subordinate.get(county, site).is_active
    assert subordinate.get(county, site).declared == {"openid_relying_party": {"legal_basis": "consent"}}
    assert hosted_entity.get(network.authority_id("330000")).metadata_policy == {}
    assert hosted_statement.configuration(county) == before


def test_a_site_with_new_keys_is_vouched_for_with_these(app: Flask, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    introduce(sites, "county-registry", "http://localhost:8003", "330106")
    network.plant(sites, tmp_path / "network")
    new = introduce(sites, "county-registry", "http://localhost:8003", "330106")
    assert network.plant(sites, tmp_path / "network") == []
    commit()
    found = subordinate.get(network.authority_id("330106"), "http://localhost:8003")
    assert subordinate.jwks_of(found) == new["jwks"]


def test_another_province_joins_where_they_meet(app: Flask, template: Template, tmp_path: Path) -> None:
    meeting = tmp_path / "network"
    names = {"zh-Hans": "江苏省", "en": "Jiangsu"}
    other = template.on_sqlite(tmp_path, issuer="http://localhost:8100")
    with other.context():
        assert network.join("320000", names, meeting) is None
    network.plant(tmp_path / "sites", meeting)
    commit()
    with other.context():
        jiangsu = network.join("320000", names, meeting)
        assert jiangsu == "http://localhost:8100/authorities/320000"
        assert network.join("320000", names, meeting) == jiangsu
        commit()
        assert hosted.statement(jiangsu, "http://localhost:8100")
        assert hosted_statement.configuration(network.authority_id("320000"))
        assert list(trust_anchor.all_anchors()) == [f"{ISSUER}/authorities/national"]
    other.close()
    network.plant(tmp_path / "sites", meeting)
    commit()
    assert hosted.statement(network.authority_id("national"), jiangsu)


def test_the_provider_and_every_authority_have_a_chain_to_the_anchor(app: Flask, tmp_path: Path) -> None:
    network.plant(tmp_path / "sites", tmp_path / "network")
    commit()
    chain = resolution.resolve(ISSUER)
    assert chain.path == (ISSUER, network.authority_id("330000"), network.authority_id("national"))
    assert "openid_provider" in chain.metadata
    for name in AUTHORITIES:
        if name != "national":
            assert resolution.resolve(network.authority_id(name)).anchor == network.authority_id("national")
